import { Button } from '../../../components/Button';
import { useT } from '../../../i18n';
import { useOnline } from '../../../lib/online';

type Props = {
  look?: 'primary' | 'danger';
  label: string;
  busy: boolean;
  disabled?: boolean;
  onGo: () => void;
  onClose: () => void;
};

/** The way out of a dialog and the way on; without a network only the way out. */
export function DialogEnd({ look = 'primary', label, busy, disabled = false, onGo, onClose }: Props) {
  const t = useT();
  const isOnline = useOnline();
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {!isOnline && <p className="grow text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <Button look="quiet" onClick={onClose}>
        {t('dialog.cancel')}
      </Button>
      <Button look={look} busy={busy} disabled={!isOnline || disabled} onClick={onGo}>
        {label}
      </Button>
    </div>
  );
}
