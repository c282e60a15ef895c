import { useState } from 'react';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { instantAt, minutesOf, timeOfDay, type Wall } from '../../lib/time';

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);
const isTime = (text: string): boolean => /^\d\d:\d\d$/.test(text);

/** A date and a time of the school that somebody types. While they are not whole there is no instant. */
export function useMoment(first: Wall, zone: string) {
  const [date, setDate] = useState(first.date);
  const [time, setTime] = useState(timeOfDay(first.minutes));
  return {
    start: isDate(date) && isTime(time) ? instantAt(date, minutesOf(time), zone) : undefined,
    fields: { date, time, setDate, setTime },
  };
}

type Props = ReturnType<typeof useMoment>['fields'];

export function MomentFields({ date, time, setDate, setTime }: Props) {
  const t = useT();
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(11.5rem,1fr))] gap-3">
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
  );
}
