import type { ComponentProps, CSSProperties } from 'react';
import { wallTime } from '../../lib/time';
import type { GridEvent, Tone } from './types';

type Props = {
  event: GridEvent;
  /** The column in words. */
  place: string;
  from: number;
  to: number;
  isPast: boolean;
  /** In hand: whether it may go where it is shown. */
  held: boolean | 'unknown' | undefined;
  style: CSSProperties;
  button: ComponentProps<'button'>;
};

const tones: Record<Tone, string> = {
  booked: 'border-brand bg-brand-soft',
  requested: 'border-warn border-dashed bg-warn-soft',
  done: 'border-edge bg-sunken',
  missed: 'border-danger bg-danger-soft',
};
const edges: Record<Tone, string> = {
  booked: 'bg-brand',
  requested: 'bg-warn',
  done: 'bg-edge',
  missed: 'bg-danger',
};

const heldLook = (held: Props['held']): string => {
  if (held === undefined) return 'z-10';
  const look =
    held === false
      ? 'cursor-not-allowed border-danger! bg-danger-soft! ring-2 ring-danger'
      : 'cursor-grabbing border-brand! bg-surface! ring-2 ring-brand';
  return `z-30 shadow-bar ${look}`;
};

const quarters = (minutes: number): string => `${minutes / 15}rem`;

export function GridEventBox({ event, place, from, to, isPast, held, style, button }: Props) {
  const isShort = to - from < 45;
  return (
    <li className={`absolute px-0.5 ${held === undefined ? 'z-10' : 'z-30'}`} style={style}>
      {held === undefined && event.before > 0 && (
        <span
          aria-hidden="true"
          className="absolute inset-x-1 bottom-full rounded-t hatched"
          style={{ height: quarters(event.before) }}
        />
      )}
      <button
        type="button"
        data-event={event.id}
        {...button}
        className={`relative flex size-full flex-col overflow-hidden rounded-lg border py-0.5 pr-1 pl-2.5 text-left text-xs leading-4 outline-offset-1 transition-shadow hover:shadow-card ${tones[event.tone]} ${event.movable ? 'cursor-grab' : ''} ${isPast && held === undefined ? 'text-muted' : ''} ${heldLook(held)}`}
      >
        <span aria-hidden="true" className={`absolute inset-y-0 left-0 w-1 ${edges[event.tone]}`} />
        <span className={`flex flex-wrap gap-x-1.5 ${isShort ? 'flex-nowrap truncate' : ''}`}>
          <strong className="truncate">{event.title}</strong>{' '}
          <span className="whitespace-nowrap tabular-nums">
            {wallTime(from)} – {wallTime(to)}
          </span>
        </span>{' '}
        <span className={isShort ? 'sr-only' : 'truncate text-muted'}>
          {event.mark && <strong className="text-ink">{event.mark}</strong>} {event.detail}
        </span>{' '}
        <span className="sr-only">{place}</span>
        {event.movable && (
          <span
            data-edge="end"
            aria-hidden="true"
            className="absolute inset-x-0 bottom-0 h-2.5 cursor-ns-resize after:absolute after:inset-x-[40%] after:bottom-1 after:h-0.5 after:rounded after:bg-edge"
          />
        )}
      </button>
      {held === undefined && event.after > 0 && (
        <span
          aria-hidden="true"
          className="absolute inset-x-1 top-full rounded-b hatched"
          style={{ height: quarters(event.after) }}
        />
      )}
    </li>
  );
}
