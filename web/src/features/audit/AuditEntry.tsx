import { useT } from '../../i18n';
import { shortMoment } from '../../lib/time';
import { actionOf, valueOf, type Entry } from './words';

const MOST_NAMED = 5;

/** One thing that somebody did: who, what, whose, when; the rest for whoever wants to know more. */
export function AuditEntry({ entry, zone }: { entry: Entry; zone: string }) {
  const t = useT();
  const nobody = t(entry.guest ? 'audit.aGuest' : 'audit.nobody');
  const who = entry.who ? entry.who.name || t('audit.gone') : nobody;
  const names = entry.whose.map(({ name }) => name || t('audit.gone'));
  const more = names.length - MOST_NAMED;
  return (
    <li className="grid gap-1 p-4">
      <h2 className="flex flex-wrap items-center gap-x-2 font-bold">
        {who}
        {entry.guest && entry.who && <span className="font-normal">({t('audit.aGuest')})</span>}
        <span className="rounded-full bg-sunken px-2.5 py-0.5 text-sm font-semibold text-muted">
          {actionOf(t, entry.action, entry.what)}
        </span>
      </h2>
      {names.length > 0 && (
        <p className="wrap-anywhere">
          {names.slice(0, MOST_NAMED).join(', ')}
          {more > 0 && ` ${t('audit.more', { count: more })}`}
        </p>
      )}
      <p className="text-sm text-muted">
        <time dateTime={entry.at}>{shortMoment(entry.at, zone)}</time>
      </p>
      {entry.changes.length > 0 && (
        <ul className="text-sm">
          {entry.changes.map(({ field, before, after }) => (
            <li key={field} className="wrap-anywhere">
              <span className="font-semibold">{field}</span>
              {(before !== null || after !== null) && (
                <>
                  {': '}
                  <del className="text-muted">{valueOf(t, before)}</del>{' '}
                  <ins className="no-underline">{valueOf(t, after)}</ins>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary className="disclosure text-sm text-brand">
          {t('audit.details')} <span className="sr-only">{who}</span>
        </summary>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 pb-2 text-sm">
          {(['what', 'network', 'address', 'correlation_id'] as const).map(
            (name) =>
              entry[name] !== '' && (
                <div key={name} className="contents">
                  <dt className="text-muted">{t(`audit.detail.${name}`)}</dt>
                  <dd className="font-mono wrap-anywhere">{entry[name]}</dd>
                </div>
              ),
          )}
          {more > 0 && (
            <div className="contents">
              <dt className="text-muted">{t('audit.detail.whose')}</dt>
              <dd>{names.join(', ')}</dd>
            </div>
          )}
        </dl>
      </details>
    </li>
  );
}
