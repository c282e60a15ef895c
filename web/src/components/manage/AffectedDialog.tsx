import { useT } from '../../i18n';
import { useBulk } from '../../lib/manage/useBulk';
import { Dialog } from '../Dialog';
import { BulkActions } from './BulkActions';
import { Submit } from './Form';
import { Lead } from './Lead';
import { AffectedLessons } from './Lessons';

type Props = { title: string; lead: string; ids: string[]; onClose: () => void };

export function AffectedDialog({ title, lead, ids, onClose }: Props) {
  const t = useT();
  const bulk = useBulk(ids);
  return (
    <Dialog title={title} onClose={onClose} wide>
      <div className="grid gap-4">
        <Lead>{lead}</Lead>
        <BulkActions bulk={bulk} />
        <AffectedLessons ids={ids} bulk={bulk} />
        <Submit
          busy={bulk.progress !== undefined}
          label={t('dialog.done')}
          onClick={onClose}
          works="offline"
        />
      </div>
    </Dialog>
  );
}
