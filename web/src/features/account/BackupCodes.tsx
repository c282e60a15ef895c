import { Alert } from '../../components/Alert';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import { saveFile } from '../../lib/file';
import { notify } from '../../lib/notice';

type Props = { codes: string[]; onKept: () => void };

/** Shown once: nobody can read them again. */
export function BackupCodes({ codes, onKept }: Props) {
  const t = useT();
  const text = codes.join('\n') + '\n';
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    notify({ text: t('factor.backup.copied') });
  };
  return (
    <div className="grid gap-4">
      <Alert tone="warn" title={t('factor.backup.title')} takesFocus>
        <p>{t('factor.backup.lead')}</p>
      </Alert>
      <ul className="grid grid-cols-1 gap-2 font-mono text-lg tabular-nums min-[24rem]:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-3">
        {globalThis.isSecureContext && (
          <Button look="secondary" onClick={() => void copy()}>
            {t('factor.backup.copy')}
          </Button>
        )}
        <Button
          look="secondary"
          onClick={() => {
            saveFile('roadbook-backup-codes.txt', new Blob([text], { type: 'text/plain' }));
          }}
        >
          {t('factor.backup.save')}
        </Button>
        <Button onClick={onKept}>{t('factor.backup.kept')}</Button>
      </div>
    </div>
  );
}
