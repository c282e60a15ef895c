import { Dialog } from '../../../components/Dialog';
import { Failure } from '../../../components/Failure';
import { useT } from '../../../i18n';
import { notify } from '../../../lib/notice';
import { DialogEnd } from './DialogEnd';
import { useDisconnect, type Connection } from './elsewhere';

type Props = { connection: Connection; onClose: () => void; onGone: () => void };

export function DisconnectDialog({ connection, onClose, onGone }: Props) {
  const t = useT();
  const disconnect = useDisconnect(() => {
    notify({ text: t('calendars.disconnected', { account: connection.account }) });
    onClose();
    onGone();
  });
  return (
    <Dialog title={t('calendars.disconnect.title')} onClose={onClose}>
      <div className="grid gap-4">
        <p className="font-semibold wrap-anywhere">{connection.account}</p>
        <ul className="grid list-disc gap-1 pl-5">
          <li>{t('calendars.disconnect.busy')}</li>
          <li>{t('calendars.disconnect.events')}</li>
          <li>{t('calendars.disconnect.access')}</li>
        </ul>
        {disconnect.isError && <Failure key={disconnect.submittedAt} error={disconnect.error} />}
        <DialogEnd
          look="danger"
          label={t('calendars.disconnect.confirm')}
          busy={disconnect.isPending}
          onClose={onClose}
          onGo={() => {
            disconnect.mutate(connection.id);
          }}
        />
      </div>
    </Dialog>
  );
}
