import { useQuery } from '@tanstack/react-query';
import { useT } from '../../i18n';
import { instructorsQuery, learnersQuery, lessonTypesQuery, vehiclesQuery } from '../../lib/queries';

type Named = { id: string; name: string };
const find = (list: Named[] | undefined, id: string | null) => list?.find((each) => each.id === id)?.name;

/** What the ids of a booking are called; while a list loads, or when it fails, a plain word stands in. */
export function useNames() {
  const t = useT();
  const instructors = useQuery(instructorsQuery).data;
  const learners = useQuery(learnersQuery).data;
  const types = useQuery(lessonTypesQuery).data;
  const vehicles = useQuery(vehiclesQuery).data;
  return {
    instructors: instructors ?? [],
    learners: learners ?? [],
    instructor: (id: string) => find(instructors, id) ?? t('instructor.unknown'),
    learner: (id: string) => find(learners, id) ?? t('learner.unknown'),
    type: (id: string) => find(types, id) ?? t('lesson'),
    vehicle: (id: string | null) => find(vehicles, id) ?? '',
    /** Whoever did something: who is in neither list is in the office. */
    person: (id: string) => find(instructors, id) ?? find(learners, id) ?? t('history.office'),
  };
}
export type Names = ReturnType<typeof useNames>;
