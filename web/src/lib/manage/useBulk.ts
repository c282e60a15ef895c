import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem, type Problem } from '../problem';
import { bookingQuery, lessonTypesQuery, outdatedByBooking, type Booking } from '../queries';
import { cancelOne, moveTo, proposeTimes, type Proposal } from './bulk';

type Progress = { done: number; all: number };

const isOpen = ({ status }: Booking) => status === 'booked' || status === 'requested';

/** Many lessons, one after the other: what is done stays done, what failed says why and can be tried again. */
export function useBulk(ids: string[]) {
  const client = useQueryClient();
  const [kept, setKept] = useState<string[]>([]);
  const [moved, setMoved] = useState<string[]>([]);
  const [failures, setFailures] = useState<Record<string, Problem>>({});
  const [progress, setProgress] = useState<Progress>();
  const [proposals, setProposals] = useState<Proposal[]>();
  const [error, setError] = useState<Problem>();

  const settle = (id: string) => {
    setFailures((all) => Object.fromEntries(Object.entries(all).filter(([other]) => other !== id)));
  };
  /** As they are now: somebody may have settled some of them meanwhile. */
  const fresh = (id: string) => client.query({ ...bookingQuery(id), staleTime: 0 });
  const open = ids.filter((id) => !kept.includes(id) && !moved.includes(id));

  const each = async (list: string[], one: (id: string) => Promise<Booking>, then?: (id: string) => void) => {
    setError(undefined);
    for (const [done, id] of list.entries()) {
      setProgress({ done, all: list.length });
      settle(id);
      try {
        const booking = await one(id);
        client.setQueryData(bookingQuery(id).queryKey, booking);
        then?.(id);
      } catch (problem) {
        setFailures((others) => ({ ...others, [id]: asProblem(problem) }));
      }
    }
    await Promise.all(outdatedByBooking.map((queryKey) => client.invalidateQueries({ queryKey })));
    await client.invalidateQueries({ queryKey: ['closures'] });
    setProgress(undefined);
  };

  return {
    kept,
    moved,
    failures,
    progress,
    proposals,
    error,
    /** Neither kept nor moved here; some of them may be cancelled. */
    open,
    keep: (id: string) => {
      settle(id);
      setKept([...kept, id]);
    },
    cancelAll: (reason: string) =>
      each(open, async (id) => {
        const booking = await fresh(id);
        return isOpen(booking) ? cancelOne(booking, reason) : booking;
      }),
    propose: async () => {
      setError(undefined);
      setProgress({ done: 0, all: open.length });
      try {
        const bookings = await Promise.all(open.map(fresh));
        const types = await client.query(lessonTypesQuery);
        const mayMove = bookings.filter((booking) => isOpen(booking) && booking.can.includes('move'));
        setProposals(await proposeTimes(mayMove, types, new Date()));
      } catch (problem) {
        setError(asProblem(problem));
      }
      setProgress(undefined);
    },
    moveAll: async (chosen: Proposal[]) => {
      setProposals(undefined);
      await each(
        chosen.map(({ booking }) => booking.id),
        (id) => moveTo(chosen.find(({ booking }) => booking.id === id) as Proposal),
        (id) => {
          setMoved((others) => [...others, id]);
        },
      );
    },
    dismiss: () => {
      setProposals(undefined);
    },
  };
}

export type Bulk = ReturnType<typeof useBulk>;
