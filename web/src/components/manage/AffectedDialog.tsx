import { useT } from '../../i18n';
import { Dialog } from '../Dialog';
import { Submit } from './Form';
import { Lead } from './Lead';
import { AffectedLessons } from './Lessons';

type Props = { title: string; lead: string; ids: string[]; onClose: () => void };

export function AffectedDialog({ title, lead, ids, onClose }: Props) {
  const t = useT();
  return (
    <Dialog title={title} onClose={onClose} wide>
      <div className="grid gap-4">
        <Lead>{lead}</Lead>
        <AffectedLessons ids={ids} />
        <Submit busy={false} label={t('dialog.done')} onClick={onClose} works="offline" />
      </div>
    </Dialog>
  );
}
