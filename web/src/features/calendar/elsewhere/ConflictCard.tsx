import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from '../../../components/Button';
import { Facts } from '../../../components/lesson/Facts';
import { useT } from '../../../i18n';
import { useOnline } from '../../../lib/online';
import { meQuery } from '../../../lib/queries';
import { dateAt, shortRange } from '../../../lib/time';
import { isHard } from '../rules';
import type { How } from './ConflictSheet';
import type { Conflict } from './elsewhere';

type Props = {
  conflict: Conflict;
  zone: string;
  /** In whose calendar it is, where it is not one's own. */
  whose: string | undefined;
  busy: boolean;
  onPutBack: () => void;
  onDecide: (how: How) => void;
};

const lengthOf = ({ start, end }: { start: string; end: string }) => Date.parse(end) - Date.parse(start);

/** One lesson that could not follow: what was done to it, what said no, and what can be done now. */
export function ConflictCard({ conflict, zone, whose, busy, onPutBack, onDecide }: Props) {
  const t = useT();
  const isOnline = useOnline();
  const { learner, lesson_type: type, start, end, moved_to: movedTo, rules } = conflict;
  const hasHardOne = rules.some(isHard);
  const isSameLength = movedTo && lengthOf(movedTo) === lengthOf(conflict);
  const unruly = t(isSameLength ? 'conflict.couldNot' : 'conflict.otherLength');
  return (
    <li className="grid gap-3 rounded-2xl border border-warn/40 bg-surface p-4">
      <div className="flex flex-wrap justify-between gap-x-6">
        <div>
          <h3 className="text-lg font-bold">{learner}</h3>
          <p className="text-muted">
            {[type, whose && t('conflict.whose', { name: whose })].filter(Boolean).join(', ')}
          </p>
        </div>
        <InDiary conflict={conflict} zone={zone} />
      </div>
      <Facts
        rows={[
          [t('conflict.here'), shortRange(start, end, zone)],
          [
            t('conflict.there'),
            movedTo ? shortRange(movedTo.start, movedTo.end, zone) : t('conflict.deleted'),
          ],
        ]}
      />
      {movedTo && (
        <div>
          <p>{rules.length > 0 ? t('conflict.why') : unruly}</p>{' '}
          <ul className="list-disc pl-5 empty:hidden">
            {rules.map((rule) => (
              <li key={rule}>{t(`preview.rule.${rule}`)}</li>
            ))}
          </ul>
          {hasHardOne && <p className="text-sm text-muted">{t('conflict.hard')}</p>}
        </div>
      )}
      {!isOnline && <p className="text-sm font-semibold text-warn">{t('offline.noChange')}</p>}
      <div role="group" aria-label={learner} className="flex flex-wrap gap-2">
        <Button disabled={!isOnline} busy={busy} onClick={onPutBack}>
          {t('conflict.putBack')}
        </Button>
        {movedTo && !hasHardOne && (
          <Button
            look="secondary"
            disabled={!isOnline}
            onClick={() => {
              onDecide('move');
            }}
          >
            {t('conflict.move')}
          </Button>
        )}
        <Button
          look="secondary"
          disabled={!isOnline}
          onClick={() => {
            onDecide('other');
          }}
        >
          {t('conflict.other')}
        </Button>
        <Button
          look="danger"
          disabled={!isOnline}
          onClick={() => {
            onDecide('cancel');
          }}
        >
          {t('cancel.lesson')}
        </Button>
      </div>
    </li>
  );
}

const LINK = 'flex min-h-11 items-center font-semibold text-brand underline underline-offset-4';

function InDiary({
  conflict: { booking_id: lesson, start, learner },
  zone,
}: Pick<Props, 'conflict' | 'zone'>) {
  const t = useT();
  const role = useQuery(meQuery).data?.role;
  const date = dateAt(start, zone);
  const words = (
    <>
      {t('conflict.diary')} <span className="sr-only">{learner}</span>
    </>
  );
  return role === 'instructor' ? (
    <Link className={LINK} to="/week" search={{ from: date }}>
      {words}
    </Link>
  ) : (
    <Link className={LINK} to="/board" search={{ date, lesson }}>
      {words}
    </Link>
  );
}
