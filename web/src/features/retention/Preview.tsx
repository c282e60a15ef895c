import { saidOn } from '../../components/policies/policies';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';

const SHOWN = 20;

/** What of one kind would go, and whose it is. */
export function Preview({ item }: { item: Schema['RetentionPreview']['items'][number] }) {
  const t = useT();
  const { kind, count, more, people, before } = item;
  const rest = people.length - SHOWN;
  return (
    <div className="grid gap-1">
      <h3 className="font-semibold">{t(`retention.kind.${kind}`)}</h3>
      <p>{t(more ? 'retention.atLeast' : 'retention.count', { count, before: saidOn(before, 'UTC') })}</p>
      <ul className="list-disc pl-5">
        {people.slice(0, SHOWN).map((person) => (
          <li key={`${person.id} ${person.held}`}>
            {person.name || t('retention.nobody')}
            {kind !== 'learners' && ` (${person.count})`}
            {person.held && <strong> {t('retention.held')}</strong>}
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="text-muted">{t('retention.rest', { count: rest })}</p>}
    </div>
  );
}
