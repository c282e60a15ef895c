import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { useOnline } from '../../lib/online';
import { Problem } from '../../lib/problem';
import type { Booking } from '../../lib/queries';
import { explainQuery, type Target } from '../../lib/schedule';
import { instantAt, minutesOf, shortMoment, timeOfDay, wallOf } from '../../lib/time';
import { RefusedTime } from './RefusedTime';
import type { Refused } from './useMoving';

type Props = {
  booking: Booking;
  /** Where it would go besides the time: to another instructor, into another vehicle. */
  place: Omit<Target, 'start'>;
  busy: boolean;
  onChange: (to: Refused['to']) => void;
};

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);
const isTime = (text: string): boolean => /^\d\d:\d\d$/.test(text);

/** Any time, with what speaks against it. */
export function OtherTime({ booking, place, busy, onChange }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const wall = wallOf(booking.start, booking.zone);
  const [date, setDate] = useState(wall.date);
  const [time, setTime] = useState(timeOfDay(wall.minutes));
  const start = isDate(date) && isTime(time) ? instantAt(date, minutesOf(time), booking.zone) : booking.start;
  const isOther = start !== booking.start;
  const to = { start, ...place };
  const answer = useQuery({ ...explainQuery(booking, to), enabled: isOther });
  return (
    <details>
      <summary className="disclosure text-brand">{t('week.move.other')}</summary>
      <div className="grid gap-3">
        <div className="grid grid-cols-[repeat(auto-fit,minmax(9.5rem,1fr))] gap-3">
          <Field
            label={t('date')}
            type="date"
            value={date}
            onChange={(event) => {
              setDate(event.target.value);
            }}
          />
          <Field
            label={t('time')}
            type="time"
            step={300}
            value={time}
            onChange={(event) => {
              setTime(event.target.value);
            }}
          />
        </div>
        {isOther && answer.data && (
          <div aria-live="polite">
            {answer.data.bookable ? (
              <Button
                look="secondary"
                busy={busy}
                disabled={!isOnline}
                onClick={() => {
                  onChange(to);
                }}
              >
                {t('week.move.to', { moment: shortMoment(start, booking.zone) })}
              </Button>
            ) : (
              <RefusedTime
                refused={{
                  booking,
                  to,
                  problem: new Problem({ type: 'refused', status: 422, refusals: answer.data.refusals }),
                }}
                busy={busy}
                onChange={onChange}
              />
            )}
          </div>
        )}
      </div>
    </details>
  );
}
