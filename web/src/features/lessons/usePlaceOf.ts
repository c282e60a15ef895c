import { useQuery } from '@tanstack/react-query';
import { placeWords } from '../../lib/placeWords';
import { meQuery, placesQuery, type Booking } from '../../lib/queries';

/** Where a learner's own lesson begins. */
export function usePlaceOf() {
  // The office reads places person by person.
  const isLearner = useQuery(meQuery).data?.role === 'learner';
  const places = useQuery({ ...placesQuery(), enabled: isLearner }).data;
  return (booking: Booking) => placeWords(places, booking.pickup);
}
