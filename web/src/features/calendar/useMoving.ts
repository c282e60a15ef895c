import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Column, Proposal } from '../../components/calendar/types';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { useMove } from '../../lib/changes';
import { asProblem, Problem } from '../../lib/problem';
import type { Booking } from '../../lib/queries';
import { explainQuery, type Target } from '../../lib/schedule';
import { addMinutes, instantAt, minutesBetween, shortMoment, shortRange, toInstant } from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { useTakeBack } from '../../lib/useTakeBack';
import { useSettled } from './useSettled';
import { nearest, NO_VEHICLE, ownerOf, useSpots, type By } from './useSpots';

export type Refused = { booking: Booking; to: Schema['BookingPatch'] & { start: string }; problem: Problem };

const REASON_DELAY_MS = 150;

/** One lesson in hand: where it may go, what says no, and the change itself. */
export function useMoving(bookings: Booking[], columns: Column[], zone: string, by?: By) {
  const t = useT();
  const client = useQueryClient();
  const names = useNames();
  const tellDone = useTakeBack();
  const move = useMove();
  const [grabbed, setGrabbed] = useState<string>();
  const [proposal, setProposal] = useState<Proposal>();
  const [refused, setRefused] = useState<Refused>();

  const bookingOf = (id: string | undefined) => bookings.find((each) => each.id === id);
  const booking = bookingOf(proposal?.id);
  const inHand = bookingOf(proposal?.id ?? grabbed);
  const { slotsOf, spots } = useSpots(inHand, columns, by, proposal?.how === 'move');

  const isElsewhere = (moving: Booking, column: number) => {
    const owner = columns[column]?.owner;
    return by !== undefined && owner !== undefined && owner !== ownerOf(moving, by);
  };
  const targetOf = (moving: Booking, wanted: Proposal): Target => {
    const { date = '', owner = '' } = columns[wanted.column] ?? {};
    const start = instantAt(date, wanted.from, zone);
    const isOther = isElsewhere(moving, wanted.column) && owner !== NO_VEHICLE;
    return { start, ...(by && isOther ? { [by]: owner } : {}) };
  };
  const isFree = (moving: Booking, wanted: Proposal): boolean | undefined => {
    const { start } = targetOf(moving, wanted);
    if (start === moving.start && !isElsewhere(moving, wanted.column)) return true;
    return slotsOf(wanted.column)?.some((slot) => slot.start === start);
  };
  const lacksVehicle = (moving: Booking, wanted: Proposal) =>
    columns[wanted.column]?.owner === NO_VEHICLE && isElsewhere(moving, wanted.column);

  const target = booking && proposal && targetOf(booking, proposal);
  const isLegal = booking && proposal?.how === 'move' ? isFree(booking, proposal) : undefined;
  // Compared as text: the target is made anew each time.
  const question = isLegal === false ? JSON.stringify(target) : undefined;
  const asked = useSettled(question, REASON_DELAY_MS);
  const reasons = useQuery({
    ...explainQuery(booking ?? ({} as Booking), target ?? { start: '' }),
    enabled: booking !== undefined && question !== undefined && asked === question,
  });

  const momentOf = (moving: Booking, start: string, end: string, column: number) =>
    [shortRange(start, end, zone), isElsewhere(moving, column) && columns[column]?.name]
      .filter(Boolean)
      .join(', ');
  const placeOf = (moved: Booking) =>
    by === 'instructor_id' ? names.instructor(moved.instructor_id) : names.vehicle(moved.vehicle_id);

  const change = (changed: Booking, to: Refused['to']) => {
    setRefused(undefined);
    move.mutate(
      { booking: changed, to },
      {
        onSuccess: (moved) => {
          const isThere = by !== undefined && ownerOf(moved, by) !== ownerOf(changed, by);
          const moment = [shortRange(moved.start, moved.end, zone), isThere && placeOf(moved)];
          tellDone(
            t('week.moved', { name: names.nameOf(moved), moment: moment.filter(Boolean).join(', ') }),
            moved,
          );
        },
        onError: (problem) => {
          setRefused({ booking: changed, to, problem });
        },
      },
    );
  };

  /** The reasons are known to the server only: nothing is changed, they are asked for. */
  const refuse = async (moving: Booking, wanted: Proposal) => {
    const to = targetOf(moving, wanted);
    if (lacksVehicle(moving, wanted)) {
      const title = t('board.needsVehicle');
      setRefused({ booking: moving, to, problem: new Problem({ type: 'unexpected', status: 422, title }) });
      return;
    }
    const told = await client.query(explainQuery(moving, to)).catch((error: unknown) => asProblem(error));
    const instructorIn = (column: number) =>
      by === 'instructor_id' ? (columns[column]?.owner ?? moving.instructor_id) : moving.instructor_id;
    // In another vehicle only what was asked for is offered: which one is then the question.
    const offered = spots(zone).filter(({ column }) => by !== 'vehicle_id' || column === wanted.column);
    const problem =
      told instanceof Problem
        ? told
        : new Problem({
            type: told.refusals[0]?.rule ?? 'unexpected',
            status: 422,
            title: t('refused.rule', { time: shortMoment(to.start, zone) }),
            refusals: told.refusals,
            alternatives: nearest(offered, { start: to.start, column: wanted.column }, moving, instructorIn),
          });
    setRefused({ booking: moving, to, problem });
  };

  const commit = (wanted: Proposal) => {
    setProposal(undefined);
    const moving = bookingOf(wanted.id);
    if (!moving) return;
    const to = targetOf(moving, wanted);
    if (wanted.how === 'resize') {
      const length = wanted.to - wanted.from;
      if (length !== minutesBetween(moving.start, moving.end))
        change(moving, { start: moving.start, end: addMinutes(moving.start, length) });
    } else if (to.start !== moving.start || isElsewhere(moving, wanted.column)) {
      if (isFree(moving, wanted) === false) void refuse(moving, wanted);
      else change(moving, to);
    }
  };

  const said = () => {
    if (!proposal || !booking || !target) return '';
    const length =
      proposal.how === 'resize' ? proposal.to - proposal.from : minutesBetween(booking.start, booking.end);
    const moment = momentOf(booking, target.start, addMinutes(target.start, length), proposal.column);
    if (isLegal !== false) return t(isLegal ? 'week.mayAt' : 'week.at', { moment });
    const why = lacksVehicle(booking, proposal)
      ? t('board.needsVehicle')
      : asked === question
        ? (reasons.data?.refusals.map((refusal) => refusal.message).join(' ') ?? '')
        : '';
    return `${t('week.notAt', { moment })} ${why}`;
  };

  return {
    proposal,
    propose: setProposal,
    grab: setGrabbed,
    commit,
    isLegal,
    /** For screen readers, and beside the pointer. */
    said: said(),
    spots: proposal?.how === 'move' ? spots(zone) : [],
    /** What has been sent stands where it will be until the server says otherwise. */
    sent: move.isPending ? move.variables : undefined,
    refused,
    change,
    dismiss: () => {
      setRefused(undefined);
    },
    isBusy: move.isPending,
  };
}

export type Moving = ReturnType<typeof useMoving>;

/** The events with what has been sent already in its new place. */
export function withSent<T extends { id: string; start: string; end: string; owner: string }>(
  events: T[],
  sent: Moving['sent'],
  by: By | undefined,
): T[] {
  return events.map((event) => {
    if (!sent || event.id !== sent.booking.id) return event;
    const start = sent.to.start ?? event.start;
    const length = Date.parse(sent.booking.end) - Date.parse(sent.booking.start);
    const owner = (by && sent.to[by]) ?? event.owner;
    return { ...event, owner, start, end: sent.to.end ?? toInstant(Date.parse(start) + length) };
  });
}
