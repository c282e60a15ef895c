import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Column, Proposal } from '../../components/calendar/types';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { useMove } from '../../lib/changes';
import { asProblem, Problem } from '../../lib/problem';
import { availabilityQuery, type Booking } from '../../lib/queries';
import { explainQuery } from '../../lib/schedule';
import {
  addDays,
  addMinutes,
  instantAt,
  minutesBetween,
  shortMoment,
  shortRange,
  toInstant,
  wallOf,
} from '../../lib/time';
import { useNames } from '../../lib/useNames';
import { useTakeBack } from '../../lib/useTakeBack';
import { useSettled } from './useSettled';

export type Refused = { booking: Booking; to: Schema['BookingPatch'] & { start: string }; problem: Problem };

const REASON_DELAY_MS = 150;
const SHOWN_ALTERNATIVES = 3;

/** The nearest of the free times, as the server would offer them with its refusal. */
function nearest(slots: Schema['Slot'][], start: string, booking: Booking): Schema['Alternative'][] {
  const distance = (slot: Schema['Slot']) => Math.abs(Date.parse(slot.start) - Date.parse(start));
  return slots
    .filter((slot) => slot.start !== booking.start)
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, SHOWN_ALTERNATIVES)
    .map(({ start: at, end }) => ({
      start: at,
      end,
      instructor_id: booking.instructor_id,
      vehicle_id: booking.vehicle_id,
    }));
}

/** Where the booking in hand could go, as long as the days that are shown are asked for. */
function useSpots(booking: Booking | undefined, columns: Column[]) {
  const from = columns[0]?.date ?? '';
  const answer = useQuery({
    ...availabilityQuery({
      lesson_type_id: booking?.lesson_type_id ?? '',
      from,
      to: addDays(columns.at(-1)?.date ?? from, 1),
      instructor_id: booking?.instructor_id ?? '',
      learner_id: booking?.learner_id ?? '',
      booking_id: booking?.id ?? '',
    }),
    enabled: booking !== undefined,
  });
  return booking && !answer.isPlaceholderData ? answer.data?.slots : undefined;
}

/** One lesson in hand: where it may go, what says no, and the change itself. */
export function useMoving(bookings: Booking[], columns: Column[], zone: string) {
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
  const slots = useSpots(bookingOf(proposal?.id ?? grabbed), columns);
  const startOf = (wanted: Proposal) => instantAt(columns[wanted.column]?.date ?? '', wanted.from, zone);
  const start = proposal && startOf(proposal);
  const isKnown = proposal?.how === 'move' && slots !== undefined;
  const isLegal = isKnown
    ? start === booking?.start || slots.some((slot) => slot.start === start)
    : undefined;
  const asked = useSettled(isLegal === false ? start : undefined, REASON_DELAY_MS);
  const reasons = useQuery({
    ...explainQuery(booking ?? ({} as Booking), asked ?? ''),
    enabled: booking !== undefined && asked !== undefined && asked === start,
  });

  const change = (changed: Booking, to: Refused['to']) => {
    setRefused(undefined);
    move.mutate(
      { booking: changed, to },
      {
        onSuccess: (moved) => {
          const moment = shortRange(moved.start, moved.end, zone);
          tellDone(t('week.moved', { name: names.nameOf(moved), moment }), moved);
        },
        onError: (problem) => {
          setRefused({ booking: changed, to, problem });
        },
      },
    );
  };

  /** The reasons are known to the server only: nothing is changed, they are asked for. */
  const refuse = async (moving: Booking, to: string) => {
    const told = await client.query(explainQuery(moving, to)).catch((error: unknown) => asProblem(error));
    const problem =
      told instanceof Problem
        ? told
        : new Problem({
            type: told.refusals[0]?.rule ?? 'unexpected',
            status: 422,
            title: t('refused.rule', { time: shortMoment(to, zone) }),
            refusals: told.refusals,
            alternatives: nearest(slots ?? [], to, moving),
          });
    setRefused({ booking: moving, to: { start: to }, problem });
  };

  const commit = (wanted: Proposal) => {
    setProposal(undefined);
    const moving = bookingOf(wanted.id);
    if (!moving) return;
    const to = startOf(wanted);
    if (wanted.how === 'resize') {
      const length = wanted.to - wanted.from;
      if (length !== minutesBetween(moving.start, moving.end))
        change(moving, { start: moving.start, end: addMinutes(moving.start, length) });
    } else if (to !== moving.start) {
      if (slots && !slots.some((slot) => slot.start === to)) void refuse(moving, to);
      else change(moving, { start: to });
    }
  };

  const shift = minutesBetween(booking?.start ?? '', booking?.end ?? '');
  const said = () => {
    if (!proposal || !start) return '';
    const end =
      proposal.how === 'resize' ? addMinutes(start, proposal.to - proposal.from) : addMinutes(start, shift);
    const moment = shortRange(start, end, zone);
    if (isLegal === false) {
      const why = asked === start ? reasons.data?.refusals.map((refusal) => refusal.message).join(' ') : '';
      return `${t('week.notAt', { moment })} ${why ?? ''}`;
    }
    return t(isLegal ? 'week.mayAt' : 'week.at', { moment });
  };

  return {
    proposal,
    propose: setProposal,
    grab: setGrabbed,
    commit,
    isLegal,
    /** For screen readers, and beside the pointer. */
    said: said(),
    spots: proposal?.how === 'move' ? spotsIn(slots ?? [], columns, zone) : [],
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

function spotsIn(slots: Schema['Slot'][], columns: Column[], zone: string) {
  return slots.flatMap((slot) => {
    const wall = wallOf(slot.start, zone);
    const column = columns.findIndex(({ date }) => date === wall.date);
    return column < 0 ? [] : [{ column, from: wall.minutes }];
  });
}

/** The events with what has been sent already in its new place. */
export function withSent<T extends { id: string; start: string; end: string }>(
  events: T[],
  sent: Moving['sent'],
): T[] {
  return events.map((event) => {
    if (!sent || event.id !== sent.booking.id) return event;
    const start = sent.to.start ?? event.start;
    const length = Date.parse(sent.booking.end) - Date.parse(sent.booking.start);
    return { ...event, start, end: sent.to.end ?? toInstant(Date.parse(start) + length) };
  });
}
