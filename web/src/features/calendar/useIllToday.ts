import type { TimeOff } from '../../lib/schedule';
import { addDays, instantAt, toInstant, todayIn } from '../../lib/time';
import { useTakeTimeOff } from './TimeOffForm';
import type { Diary, Who } from './useDiary';

const TICK_MS = 5 * 60_000;

/** The rest of today off with one tap. */
export function useIllToday(who: Who, diary: Diary, onTaken: (taken: TimeOff) => void) {
  const { add, take } = useTakeTimeOff(who);
  const spanAt = (now: number) => ({
    start: toInstant(Math.floor(now / TICK_MS) * TICK_MS),
    end: instantAt(addDays(todayIn(who.zone, new Date(now)), 1), 0, who.zone),
  });
  return {
    error: add.error,
    isBusy: add.isPending,
    /** Whether the rest of the day is off already. */
    isOffAt: (now: Date) => {
      const { end } = spanAt(now.getTime());
      const at = toInstant(now.getTime());
      return diary.blocks.some((block) => block.start <= at && block.end >= end);
    },
    take: () => {
      take(spanAt(Date.now()), onTaken);
    },
  };
}

export type IllToday = ReturnType<typeof useIllToday>;
