import { Link } from '@tanstack/react-router';
import { buttonLook } from '../../components/Button';
import { Row, RowAction } from '../../components/manage/ListPage';
import { MoreMenu } from '../../components/manage/MoreMenu';
import { languageName } from '../../components/teaching/languages';
import { useT } from '../../i18n';
import type { Kind, Person } from './PeoplePage';

type What =
  | 'change'
  | 'remove'
  | 'switchOff'
  | 'invite'
  | 'signOut'
  | 'factors'
  | 'export'
  | 'guardians'
  | 'agreements'
  | 'seeAs';
type Props = { person: Person; kind: Kind; isForAdmin: boolean; onOpen: (what: What) => void };

/** Somebody of a list: what is done every week beside the name, the rest behind "More". */
export function PersonRow({ person, kind, isForAdmin, onOpen }: Props) {
  const t = useT();
  const { name } = person;
  const facts = [
    person.role && t(`role.${person.role}`),
    person.email,
    person.phone,
    ...(person.languages ?? []).map(languageName),
    ...(person.areas ?? []),
  ].filter(Boolean);
  const hasLessons = kind === 'learners' || kind === 'instructors';
  const rare: { what: What; label: string; isShown: boolean }[] = [
    { what: 'invite', label: t('people.invite'), isShown: person.active },
    { what: 'signOut', label: t('people.signOut'), isShown: person.active && isForAdmin },
    { what: 'factors', label: t('people.factors'), isShown: person.active && isForAdmin },
    { what: 'seeAs', label: t('seeAs'), isShown: person.active && isForAdmin && hasLessons },
    { what: 'agreements', label: t('agreements'), isShown: kind === 'learners' },
    { what: 'export', label: t('people.export'), isShown: true },
  ];
  const action = (what: What, label: string, look: 'secondary' | 'quiet' = 'quiet') => (
    <RowAction
      label={label}
      of={name}
      look={look}
      onClick={() => {
        onOpen(what);
      }}
    />
  );
  return (
    <Row
      name={name}
      badge={person.active ? undefined : t('inactive')}
      facts={<p className="break-words">{facts.join(', ')}</p>}
    >
      {kind === 'instructors' && (
        <Link
          className={buttonLook('secondary')}
          to="/manage/instructors/$id/hours"
          params={{ id: person.id }}
        >
          {t('people.hours')} <span className="sr-only">{name}</span>
        </Link>
      )}
      {action('change', t('change'), 'secondary')}
      {kind === 'learners' && (
        <>
          <Link className={buttonLook('quiet')} to="/learners/$id/documents" params={{ id: person.id }}>
            {t('lesson.documents')} <span className="sr-only">{name}</span>
          </Link>
          {action('guardians', t('people.guardians'))}
        </>
      )}
      {person.active && action('switchOff', t('switchOff'))}
      {action('remove', t('remove'))}
      <MoreMenu
        label={t('people.more')}
        of={name}
        entries={rare
          .filter(({ isShown }) => isShown)
          .map(({ what, label }) => ({
            label,
            onSelect: () => {
              onOpen(what);
            },
          }))}
      />
    </Row>
  );
}
