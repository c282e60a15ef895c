import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useT } from '../../i18n';
import { api, body, everyPage } from '../../lib/api';
import type { Resource } from '../../lib/manage/resource';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';
import { meQuery, type Booking } from '../../lib/queries';
import { todayIn } from '../../lib/time';
import { Dialog } from '../Dialog';
import { Failure } from '../Failure';
import { Submit } from './Form';
import { Lead } from './Lead';
import { LessonsToSettle } from './Lessons';
import { Loaded } from './ListPage';

type Item = { id: string; version: number; name: string };
type Props<T extends Item, Input extends object, Made extends T> = {
  resource: Resource<T, Input, Made>;
  item: T;
  /** Whose lessons lie ahead; nobody's for members of the office. */
  lessonsOf: 'instructor_id' | 'learner_id' | undefined;
  lead: string;
  onClose: () => void;
};

const isAhead = (lesson: Booking) => lesson.status === 'booked' || lesson.status === 'requested';

function useLessonsAhead(whose: 'instructor_id' | 'learner_id' | undefined, id: string) {
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const now = useMemo(() => new Date(), []);
  const from = todayIn(zone, now);
  return useQuery({
    queryKey: ['bookings', 'ahead', whose, id, from],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        body(
          api.GET('/api/v1/calendar/bookings', {
            params: { query: { limit: 200, from, ...(whose ? { [whose]: id } : {}), ...cursor } },
            signal,
          }),
        ),
      ),
    select: (all) => all.filter((lesson) => isAhead(lesson) && lesson.start > now.toISOString()),
    enabled: whose !== undefined,
  });
}

/** Before somebody is switched off: which lessons lie ahead, and what to do about each. */
export function SwitchOffDialog<T extends Item, Input extends { active?: boolean }, Made extends T>(
  props: Props<T, Input, Made>,
) {
  const { resource, item, lessonsOf, lead, onClose } = props;
  const t = useT();
  const ahead = useLessonsAhead(lessonsOf, item.id);
  const save = useSave(
    (over: T) => resource.change(over, { active: false } as Partial<Input>),
    [resource.name],
  );
  return (
    <Dialog
      title={t('switchOff.title', { name: item.name })}
      onClose={onClose}
      wide={lessonsOf !== undefined}
    >
      <div className="grid gap-4">
        <Lead>{lead}</Lead>
        {lessonsOf && (
          <Loaded query={ahead} skeleton="h-14">
            {(lessons) => (
              <>
                <p className="font-bold">{t('switchOff.ahead', { count: lessons.length })}</p>
                {lessons.length > 0 && <LessonsToSettle lessons={lessons} />}
              </>
            )}
          </Loaded>
        )}
        {save.isError && <Failure error={save.error} takesFocus />}
        <Submit
          look="danger"
          label={t('switchOff')}
          busy={save.isPending}
          disabled={lessonsOf !== undefined && !ahead.data}
          onCancel={onClose}
          onClick={() => {
            save.mutate(item, {
              onSuccess: () => {
                notify({ text: t('switchOff.done', { name: item.name }) });
                onClose();
              },
            });
          }}
        />
      </div>
    </Dialog>
  );
}
