import { useQuery } from '@tanstack/react-query';
import { useT } from '../i18n';
import {
  instructorsQuery,
  learnersQuery,
  lessonTypesQuery,
  meQuery,
  vehiclesQuery,
  type Booking,
} from './queries';

type Named = { id: string; name: string };
const find = <T extends Named>(list: T[] | undefined, id: string | null) =>
  list?.find((each) => each.id === id);

/** What ids are called. While a list loads, or when it fails, a plain word stands in. */
export function useNames() {
  const t = useT();
  const role = useQuery(meQuery).data?.role;
  const types = useQuery(lessonTypesQuery).data;
  const instructors = useQuery(instructorsQuery).data;
  const vehicles = useQuery(vehiclesQuery).data;
  // Learners do not hear of each other.
  const isStaff = role !== undefined && role !== 'learner';
  const learners = useQuery({ ...learnersQuery, enabled: isStaff }).data;

  const instructor = (id: string) => find(instructors, id)?.name ?? t('instructor.unknown');
  const learner = (id: string) => find(learners, id)?.name ?? t('learner.unknown');
  const type = (id: string) => find(types, id)?.name ?? t('lesson');
  const vehicle = (id: string | null) => find(vehicles, id)?.name;
  return {
    instructor,
    learner,
    type,
    vehicle,
    learnerOf: (booking: Booking) => find(learners, booking.learner_id),
    typeOf: (booking: Booking) => find(types, booking.lesson_type_id),
    nameOf: (booking: Booking) => learner(booking.learner_id),
    /** Whoever did something: who is in neither list is in the office. */
    person: (id: string) => (find(instructors, id) ?? find(learners, id))?.name ?? t('history.office'),
  };
}

export type Names = ReturnType<typeof useNames>;
