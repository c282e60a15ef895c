import { useT } from '../../i18n';
import type { Resource } from '../../lib/manage/resource';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';
import { Alert } from '../Alert';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { Failure } from '../Failure';
import { Submit } from './Form';

type Item = { id: string; version: number; name: string };
type Props<T extends Item, Input extends object, Made extends T> = {
  resource: Resource<T, Input, Made>;
  item: T;
  /** What else can be done when lessons hold it; nothing when it cannot be switched off. */
  onDeactivate?: () => void;
  /** Of people: when they have asked for it. */
  onErase?: () => void;
  onClose: () => void;
};

/** Asks once. What has lessons stays: then it says how many there are and offers to switch it off instead. */
export function RemoveDialog<T extends Item, Input extends object, Made extends T>(
  props: Props<T, Input, Made>,
) {
  const { resource, item, onDeactivate, onErase, onClose } = props;
  const t = useT();
  const { name } = item;
  const remove = useSave<string, undefined>(
    async (id) => {
      await resource.remove(id);
      return undefined;
    },
    [resource.name],
  );
  const isInUse = remove.error?.code === 'in-use';
  return (
    <Dialog title={t('remove.title', { name })} onClose={onClose}>
      {isInUse ? (
        <div className="grid gap-4">
          <Alert tone="warn" takesFocus title={t('remove.inUse', { name, count: remove.error?.count ?? 0 })}>
            <p>{onDeactivate ? t('remove.inUse.next') : remove.error?.detail}</p>
          </Alert>
          {onErase && (
            <div className="flex flex-wrap items-center justify-between gap-2">
              <p className="text-muted">{t('remove.erase.lead')}</p>
              <Button look="quiet" onClick={onErase}>
                {t('remove.erase')}
              </Button>
            </div>
          )}
          {onDeactivate ? (
            <Submit
              busy={false}
              label={t('remove.deactivate')}
              onClick={onDeactivate}
              onCancel={onClose}
              works="offline"
            />
          ) : (
            <Submit busy={false} label={t('dialog.close')} onClick={onClose} works="offline" />
          )}
        </div>
      ) : (
        <div className="grid gap-4">
          <p>{t('remove.lead')}</p>
          {remove.isError && <Failure error={remove.error} takesFocus />}
          <Submit
            look="danger"
            label={t('remove')}
            busy={remove.isPending}
            onCancel={onClose}
            onClick={() => {
              remove.mutate(item.id, {
                onSuccess: () => {
                  notify({ text: t('removed', { name }) });
                  onClose();
                },
              });
            }}
          />
        </div>
      )}
    </Dialog>
  );
}
