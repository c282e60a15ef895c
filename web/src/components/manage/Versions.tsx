import { useT } from '../../i18n';
import { Alert } from '../Alert';
import { Button } from '../Button';

export type Difference = { label: string; theirs: string; mine: string };
type Props = { differences: Difference[]; busy: boolean; onTheirs: () => void; onMine: () => void };

/** Somebody else was faster: theirs beside yours, and nothing is lost until one of them is chosen. */
export function Versions({ differences, busy, onTheirs, onMine }: Props) {
  const t = useT();
  return (
    <Alert tone="warn" takesFocus title={t('versions.title')}>
      <p>{t(differences.length > 0 ? 'versions.lead' : 'versions.same')}</p>
      {differences.length > 0 && (
        <table className="w-full border-separate border-spacing-y-1 text-left">
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">{t('versions.what')}</span>
              </th>
              <th scope="col" className="px-2">
                {t('versions.theirs')}
              </th>
              <th scope="col" className="px-2">
                {t('versions.mine')}
              </th>
            </tr>
          </thead>
          <tbody>
            {differences.map((each) => (
              <tr key={each.label}>
                <th scope="row" className="pr-2 align-top font-semibold">
                  {each.label}
                </th>
                <td className="rounded-l-lg bg-surface px-2 py-1 align-top">{each.theirs}</td>
                <td className="rounded-r-lg bg-surface px-2 py-1 align-top font-semibold">{each.mine}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="flex flex-wrap gap-2">
        <Button look="secondary" busy={busy} onClick={onTheirs}>
          {t('versions.useTheirs')}
        </Button>
        {differences.length > 0 && (
          <Button busy={busy} onClick={onMine}>
            {t('versions.saveMine')}
          </Button>
        )}
      </div>
    </Alert>
  );
}
