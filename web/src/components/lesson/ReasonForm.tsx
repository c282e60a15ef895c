import { useId, type ReactNode } from 'react';
import { Button } from '../Button';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
import { useOnline } from '../../lib/online';

type Props = {
  label: string;
  confirm: string;
  busy: boolean;
  /** Characters that the server takes. */
  longest?: number;
  /** What speaks against it: why it failed. */
  children?: ReactNode;
  onConfirm: (reason: { reason?: string }) => void;
  onKeep: () => void;
};

/** Something that ends a lesson, with words for the other side. */
export function ReasonForm({ label, confirm, busy, longest = 1000, children, onConfirm, onKeep }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const id = useId();
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const reason = textOf(new FormData(event.currentTarget), 'reason').trim();
        onConfirm(reason ? { reason } : {});
      }}
    >
      <div className="grid gap-1.5">
        <label htmlFor={id} className="font-semibold">
          {label}
        </label>
        <textarea
          id={id}
          name="reason"
          maxLength={longest}
          rows={2}
          className="rounded-xl border border-edge bg-surface p-3"
        />
      </div>
      {children}
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={onKeep}>
          {t('cancel.keep')}
        </Button>
        <Button look="danger" type="submit" busy={busy} disabled={!isOnline}>
          {confirm}
        </Button>
      </div>
    </form>
  );
}
