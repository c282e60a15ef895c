import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { buttonLook } from '../../components/Button';
import { failureWords } from '../../components/Failure';
import { EditDialog } from '../../components/manage/EditDialog';
import { ListPage } from '../../components/manage/ListPage';
import { RemoveDialog } from '../../components/manage/RemoveDialog';
import { SwitchOffDialog } from '../../components/manage/SwitchOffDialog';
import { useT } from '../../i18n';
import { notify } from '../../lib/notice';
import { meQuery } from '../../lib/queries';
import type { Problem } from '../../lib/problem';
import { guardians, instructors, learners, users, type Resource } from '../../lib/manage/resource';
import { SeeAsDialog } from './SeeAsDialog';
import { AgreementsDialog } from '../../components/policies/AgreementsDialog';
import { DropFactorsDialog } from './DropFactorsDialog';
import { EraseDialog } from './EraseDialog';
import { GuardiansDialog } from './GuardiansDialog';
import { PersonRow } from './PersonRow';
import { useGroups } from './useGroups';
import { WelcomeLink } from './WelcomeLink';

export type Kind = 'instructors' | 'learners' | 'guardians' | 'team';
type Role = 'admin' | 'office';
/** What the lists have in common; only the office has roles, only the others telephones, only instructors languages. */
export type Person = {
  id: string;
  version: number;
  name: string;
  active: boolean;
  email?: string;
  phone?: string;
  birth_date?: string | null;
  role?: Role;
  languages?: string[];
  areas?: string[];
};
type PersonInput = {
  name: string;
  email: string;
  phone?: string;
  role?: Role;
  active?: boolean;
  birth_date?: string | null;
  languages?: string[];
  areas?: string[];
};
type Made = Person & { welcome_url?: string };
type People = Resource<Person, PersonInput, Made>;

const lists: Record<Kind, { people: People; lessonsOf: 'instructor_id' | 'learner_id' | undefined }> = {
  instructors: { people: instructors as unknown as People, lessonsOf: 'instructor_id' },
  learners: { people: learners as unknown as People, lessonsOf: 'learner_id' },
  guardians: { people: guardians as unknown as People, lessonsOf: undefined },
  team: { people: users as unknown as People, lessonsOf: undefined },
};

export const InstructorsPage = () => <PeoplePage kind="instructors" />;
export const LearnersPage = () => <PeoplePage kind="learners" />;
export const GuardiansPage = () => <PeoplePage kind="guardians" />;
export const TeamPage = () => <PeoplePage kind="team" />;

type Open =
  | { what: 'add' }
  | {
      what: 'change' | 'remove' | 'switchOff' | 'factors' | 'erase' | 'guardians' | 'agreements' | 'seeAs';
      item: Person;
    }
  | { what: 'welcome'; name: string; url: string };

function PeoplePage({ kind }: { kind: Kind }) {
  const t = useT();
  const { people } = lists[kind];
  const query = useQuery({
    ...people.list,
    select: (all) =>
      [...all].sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name)),
  });
  const [open, setOpen] = useState<Open>();
  const invite = useMutation<{ welcome_url: string }, Problem, Person>({
    mutationFn: ({ id }) => people.invite(id),
    onSuccess: ({ welcome_url: url }, { name }) => {
      setOpen({ what: 'welcome', name, url });
    },
    onError: (problem, { name }) => {
      notify({
        text: problem.status === 409 ? t('people.invite.not', { name }) : failureWords(problem, t).title,
      });
    },
  });
  const isAdmin = useQuery(meQuery).data?.role === 'admin';
  const signOut = useMutation<unknown, Problem, Person>({
    mutationFn: ({ id }) => people.signOut(id),
    onSuccess: (_, { name }) => {
      notify({ text: t('people.signedOut', { name }) });
    },
    onError: (problem) => {
      notify({ text: failureWords(problem, t).title });
    },
  });
  const sendCopy = useMutation<unknown, Problem, Person>({
    mutationFn: ({ id }) => people.sendCopy(id),
    onSuccess: (_, { name }) => {
      notify({ text: t('people.export.sent', { name }) });
    },
    onError: (problem) => {
      notify({ text: failureWords(problem, t).title });
    },
  });
  return (
    <ListPage
      title={t(`manage.${kind}`)}
      lead={t(`people.lead.${kind}`)}
      query={query}
      add={{
        label: t(`people.add.${kind}`),
        onAdd: () => {
          setOpen({ what: 'add' });
        },
      }}
      more={
        kind === 'learners' && (
          <Link className={buttonLook('secondary')} to="/manage/learners/import">
            {t('import.open')}
          </Link>
        )
      }
      empty={t(`people.none.${kind}`)}
      search={(person) => `${person.name} ${person.email ?? ''} ${person.phone ?? ''}`}
      row={(person) => (
        <PersonRow
          key={person.id}
          person={person}
          kind={kind}
          isForAdmin={isAdmin}
          onOpen={(what) => {
            if (what === 'invite') invite.mutate(person);
            else if (what === 'signOut') signOut.mutate(person);
            else if (what === 'export') sendCopy.mutate(person);
            else setOpen({ what, item: person });
          }}
        />
      )}
    >
      {open && <Dialogs kind={kind} open={open} all={query.data ?? []} onOpen={setOpen} />}
    </ListPage>
  );
}

type DialogsProps = {
  kind: Kind;
  open: Open;
  all: Person[];
  onOpen: (next: Open | undefined) => void;
};

function Dialogs({ kind, open, all, onOpen }: DialogsProps) {
  const t = useT();
  const { people, lessonsOf } = lists[kind];
  const close = () => {
    onOpen(undefined);
  };
  // As it is now; what has just been removed is still called what it was called.
  const opened = 'item' in open ? open.item : undefined;
  const item = all.find((each) => each.id === opened?.id) ?? opened;
  const areas = [...new Set(all.flatMap((each) => each.areas ?? []))].sort();
  const groups = useGroups(kind, item?.active === false, areas);
  return (
    <>
      {(open.what === 'add' || (open.what === 'change' && item)) && (
        <EditDialog
          resource={people}
          title={item ? t('change.title', { name: item.name }) : t(`people.add.${kind}`)}
          groups={groups}
          item={item}
          initial={{
            name: '',
            email: '',
            phone: '',
            role: 'office',
            active: true,
            birth_date: '',
            languages: [],
            areas: [],
          }}
          toInput={(values) =>
            'birth_date' in values ? { ...values, birth_date: values['birth_date'] || null } : values
          }
          onClose={close}
          onSaved={(saved) => {
            if ('welcome_url' in saved && saved.welcome_url)
              onOpen({ what: 'welcome', name: saved.name, url: saved.welcome_url });
          }}
        />
      )}
      {open.what === 'welcome' && <WelcomeLink name={open.name} url={open.url} onClose={close} />}
      {open.what === 'factors' && item && (
        <DropFactorsDialog name={item.name} drop={() => people.dropFactors(item.id)} onClose={close} />
      )}
      {open.what === 'guardians' && item && <GuardiansDialog id={item.id} name={item.name} onClose={close} />}
      {open.what === 'agreements' && item && (
        <AgreementsDialog id={item.id} name={item.name} onClose={close} />
      )}
      {open.what === 'seeAs' && item && <SeeAsDialog id={item.id} name={item.name} onClose={close} />}
      {open.what === 'switchOff' && item && (
        <SwitchOffDialog
          resource={people}
          item={item}
          lessonsOf={lessonsOf}
          lead={t(`people.switchOff.${kind}`)}
          onClose={close}
        />
      )}
      {open.what === 'erase' && item && (
        <EraseDialog
          id={item.id}
          name={item.name}
          isLearner={kind === 'learners'}
          outdated={people.name}
          onClose={close}
        />
      )}
      {open.what === 'remove' && item && (
        <RemoveDialog
          resource={people}
          item={item}
          onClose={close}
          onErase={() => {
            onOpen({ what: 'erase', item });
          }}
          {...(item.active
            ? {
                onDeactivate: () => {
                  onOpen({ what: 'switchOff', item });
                },
              }
            : {})}
        />
      )}
    </>
  );
}
