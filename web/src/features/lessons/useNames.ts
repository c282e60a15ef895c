import { useQuery } from '@tanstack/react-query';
import { useT } from '../../i18n';
import {
  instructorsQuery,
  meQuery,
  lessonTypesQuery,
  placesQuery,
  vehiclesQuery,
  type Booking,
} from '../../lib/queries';

/** What the ids of a booking are called. While a list loads, or when it fails, a plain word stands in. */
export function useNames() {
  const t = useT();
  const types = useQuery(lessonTypesQuery).data;
  const instructors = useQuery(instructorsQuery).data;
  const vehicles = useQuery(vehiclesQuery).data;
  // Places are a learner's own; the office reads them person by person.
  const isLearner = useQuery(meQuery).data?.role === 'learner';
  const places = useQuery({ ...placesQuery(), enabled: isLearner }).data;
  const instructorName = (id: string) =>
    instructors?.find((each) => each.id === id)?.name ?? t('instructor.unknown');
  return {
    instructorName,
    of: (booking: Booking) => {
      const place = places?.find((each) => each.id === booking.pickup);
      return {
        type: types?.find((each) => each.id === booking.lesson_type_id)?.name ?? t('lesson'),
        instructor: instructorName(booking.instructor_id),
        vehicle: vehicles?.find((each) => each.id === booking.vehicle_id)?.name,
        place: place && [place.text, place.postcode].filter(Boolean).join(', '),
      };
    },
  };
}
