import type { ReactNode } from 'react';
import { Button } from '../../components/Button';
import { useT } from '../../i18n';
import { faultOf, oneMore, type Range } from './ranges';

const MOST_RANGES = 12;
const boxLook =
  'min-h-11 rounded-xl border border-edge bg-surface px-2 text-base tabular-nums aria-invalid:border-danger';

type Props = {
  ranges: Range[];
  of: string;
  onChange: (ranges: Range[]) => void;
  /** What else can be done with the day, beside adding hours. */
  children?: ReactNode;
};

/** The hours of one day: from and to, as often as the day is interrupted. */
export function RangesEditor({ ranges, of, onChange, children }: Props) {
  const t = useT();
  const fault = faultOf(ranges);
  const edit = (index: number, change: Partial<Range>) => {
    onChange(ranges.map((range, at) => (at === index ? { ...range, ...change } : range)));
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-x-4 gap-y-2">
        {ranges.length === 0 && <p className="flex min-h-11 items-center text-muted">{t('hours.closed')}</p>}
        {ranges.map((range, index) => (
          // The place in the day is what a range is known by.
          <Pair
            key={index}
            range={range}
            words={{ of, number: index + 1 }}
            isWrong={fault !== undefined}
            onChange={(change) => {
              edit(index, change);
            }}
            onRemove={() => {
              onChange(ranges.filter((_, at) => at !== index));
            }}
          />
        ))}
      </div>
      {fault && (
        <p role="alert" className="text-sm font-semibold text-danger">
          {t(`hours.fault.${fault}`)}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {ranges.length < MOST_RANGES && (
          <Button
            look="quiet"
            className="-ml-2 px-2"
            onClick={() => {
              onChange([...ranges, oneMore(ranges)]);
            }}
          >
            {t(ranges.length === 0 ? 'hours.open' : 'hours.more')} <span className="sr-only">{of}</span>
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}

type PairProps = {
  range: Range;
  /** Of which day, the how manieth: for screen readers. */
  words: { of: string; number: number };
  isWrong: boolean;
  onChange: (change: Partial<Range>) => void;
  onRemove: () => void;
};

function Pair({ range, words, isWrong, onChange, onRemove }: PairProps) {
  const t = useT();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <input
        type="time"
        step={300}
        required
        aria-label={t('hours.start', words)}
        aria-invalid={isWrong ? true : undefined}
        value={range.start}
        onChange={(event) => {
          onChange({ start: event.target.value });
        }}
        className={boxLook}
      />
      <span aria-hidden="true">–</span>
      {/* A clock has no 24:00: as an end, midnight is the one that ends the day. */}
      <input
        type="time"
        step={300}
        required
        aria-label={t('hours.end', words)}
        aria-invalid={isWrong ? true : undefined}
        value={range.end === '24:00' ? '00:00' : range.end}
        onChange={(event) => {
          onChange({ end: event.target.value === '00:00' ? '24:00' : event.target.value });
        }}
        className={boxLook}
      />
      <Button look="quiet" className="px-2.5" onClick={onRemove}>
        <span aria-hidden="true">×</span>
        <span className="sr-only">{t('hours.remove', words)}</span>
      </Button>
    </div>
  );
}
