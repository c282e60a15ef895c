import { useT } from '../i18n';
import type { Schema } from '../lib/api';
import type { Problem } from '../lib/problem';
import { clock, shortMoment } from '../lib/time';
import { Alert } from './Alert';
import { Button } from './Button';

const SHOWN_ALTERNATIVES = 3;
const TAKEN = ['slot-taken', 'vehicle-busy', 'buffer'];

type Props = {
  problem: Problem;
  start: string;
  zone: string;
  nameOf: (instructorId: string) => string;
  kept: 'nothing-booked' | 'old-time';
  busy: boolean;
  onPick: (alternative: Schema['Alternative']) => void;
};

/** A time was refused: why, what that means, and up to three times that can be had with one tap. */
export function Refused({ problem, start, zone, nameOf, kept, busy, onPick }: Props) {
  const t = useT();
  const taken = TAKEN.includes(problem.refusals[0]?.rule ?? '');
  const title = t(taken ? 'refused.taken' : 'refused.rule', { time: clock(start, zone) });
  const alternatives = problem.alternatives.slice(0, SHOWN_ALTERNATIVES);
  return (
    <Alert
      tone="warn"
      takesFocus
      title={`${title} ${t(kept === 'old-time' ? 'refused.oldTime' : 'refused.nothing')}`}
    >
      <ul className="grid gap-1.5">
        {problem.refusals.map((refusal) => (
          <li key={refusal.rule}>
            {refusal.message} <span className="text-muted">{t(`rule.${refusal.rule}`)}</span>
          </li>
        ))}
      </ul>
      {alternatives.length > 0 && (
        <div className="grid gap-2">
          <h3 className="font-semibold">
            {t(kept === 'old-time' ? 'refused.moveInstead' : 'refused.instead')}
          </h3>
          <ul className="flex flex-wrap gap-2">
            {alternatives.map((alternative) => (
              <li key={alternative.start + alternative.instructor_id} className="grow">
                <Button
                  look="secondary"
                  busy={busy}
                  className="w-full flex-col gap-0!"
                  onClick={() => {
                    onPick(alternative);
                  }}
                >
                  <span className="tabular-nums">{shortMoment(alternative.start, zone)}</span>{' '}
                  <span className="text-sm font-normal">
                    {t('with', { name: nameOf(alternative.instructor_id) })}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Alert>
  );
}
