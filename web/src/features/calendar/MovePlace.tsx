import { useQuery } from '@tanstack/react-query';
import { Pick } from '../../components/lesson/Pick';
import { useT } from '../../i18n';
import { instructorsQuery, meQuery, vehiclesQuery, type Booking } from '../../lib/queries';
import type { Target } from '../../lib/schedule';

export type Place = Omit<Target, 'start'>;
type Props = { booking: Booking; place: Place; onPlace: (place: Place) => void };

/** For the office: to whom, and into which vehicle. What stays as it is is not named. */
export function MovePlace({ booking, place, onPlace }: Props) {
  const t = useT();
  const role = useQuery(meQuery).data?.role;
  const { data: instructors = [] } = useQuery(instructorsQuery);
  const { data: vehicles = [] } = useQuery(vehiclesQuery);
  if (role !== 'office' && role !== 'admin') return null;
  const instructor = place.instructor_id ?? booking.instructor_id;
  const drivable = vehicles.filter((each) => each.active && each.driver_ids.includes(instructor));
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(11rem,1fr))] gap-3">
      <Pick
        label={t('fact.instructor')}
        value={instructor}
        options={instructors.filter((each) => each.active || each.id === booking.instructor_id)}
        onPick={(id) => {
          // Whoever teaches now may not drive the vehicle that was chosen.
          onPlace(id === booking.instructor_id ? {} : { instructor_id: id });
        }}
      />
      {booking.vehicle_id !== null && (
        <Pick
          label={t('fact.vehicle')}
          value={place.vehicle_id ?? ''}
          options={[{ id: '', name: t('move.anyVehicle') }, ...drivable]}
          onPick={(id) => {
            const { instructor_id: who } = place;
            onPlace({ ...(who ? { instructor_id: who } : {}), ...(id ? { vehicle_id: id } : {}) });
          }}
        />
      )}
    </div>
  );
}
