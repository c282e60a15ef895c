import { useId } from 'react';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { useOnline } from '../../lib/online';
import { maySetAside } from './rules';

/** Which rules do not count, and why. */
export type Overruled = { override: Schema['Rule'][]; reason: string };
type Props = {
  label: string;
  refusals: Schema['Refusal'][];
  busy: boolean;
  /** Characters that the server takes. */
  longest?: number | undefined;
  onSetAside: (why: Overruled) => void;
};

/** Rules that staff may set aside, for a reason that is recorded; nothing where one of them is a hard one. */
export function SetAside({ label, refusals, busy, longest = 1000, onSetAside }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const id = useId();
  if (!maySetAside(refusals)) return null;
  return (
    <details>
      <summary className="disclosure">{label}</summary>
      <form
        className="grid grid-cols-[minmax(0,1fr)] gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          const reason = textOf(new FormData(event.currentTarget), 'reason').trim();
          onSetAside({ reason, override: refusals.map(({ rule }) => rule) });
        }}
      >
        <label htmlFor={id}>{t('week.setAside.reason')}</label>
        <div className="flex flex-wrap gap-2">
          <input
            id={id}
            name="reason"
            required
            maxLength={longest}
            autoComplete="off"
            className="min-h-11 min-w-0 grow rounded-xl border border-edge bg-surface px-3"
          />
          <Button type="submit" look="secondary" busy={busy} disabled={!isOnline}>
            {t('week.setAside.confirm')}
          </Button>
        </div>
      </form>
    </details>
  );
}
