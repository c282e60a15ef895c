import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import type { Problem } from '../../lib/problem';
import { extend } from './guest';
import type { Kept } from './GuestPage';

const SECOND_MS = 1_000;
const two = (number: number) => String(number).padStart(2, '0');

/** How long the time is still kept. A timer is not read out every second: what matters is said when it happens. */
export function KeptFor({
  kept,
  onExtended,
  onOver,
}: {
  kept: Kept;
  onExtended: () => void;
  onOver: () => void;
}) {
  const t = useT();
  const [now, setNow] = useState(() => Date.now());
  const seconds = Math.max(0, Math.ceil((kept.until - now) / SECOND_MS));
  const longer = useMutation<unknown, Problem>({
    mutationFn: () => extend(kept.hold.token),
    onSuccess: onExtended,
    onError: (problem) => {
      if (problem.code === 'hold-expired') onOver();
    },
  });
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= kept.until) onOver();
    }, SECOND_MS);
    return () => {
      clearInterval(timer);
    };
  }, [kept.until, onOver]);
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-xl bg-brand-soft px-3 py-2">
      <p role="timer" className="font-semibold tabular-nums text-brand">
        {t('guest.kept', { time: `${Math.floor(seconds / 60)}:${two(seconds % 60)}` })}
      </p>
      {!kept.isExtended && (
        <Button
          look="secondary"
          busy={longer.isPending}
          onClick={() => {
            longer.mutate();
          }}
        >
          {t('guest.longer')}
        </Button>
      )}
      {longer.isError && (
        <p role="alert" className="w-full text-sm font-semibold text-danger">
          {t('guest.longer.failed')}
        </p>
      )}
    </div>
  );
}
