import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import {
  availabilityQuery,
  instructorsQuery,
  lessonTypesQuery,
  meQuery,
  placesQuery,
} from '../../lib/queries';
import { firstFree, slotsOn, strip } from '../../lib/slots';
import { todayIn } from '../../lib/time';
import { ANYONE, recentBookingsQuery, usual, type Search } from './choice';

const route = getRouteApi('/in/book');

/** What is chosen: the address first, else the usual lesson, else the first that there is. */
export function useBookingPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useMemo(() => new Date(), []);

  const me = useQuery(meQuery);
  const zone = me.data?.school.time_zone ?? 'UTC';
  const today = todayIn(zone, now);
  const allTypes = useQuery(lessonTypesQuery);
  const allInstructors = useQuery(instructorsQuery);
  const places = useQuery(placesQuery());
  const recent = useQuery(recentBookingsQuery(now));

  const types = allTypes.data?.filter((type) => type.active) ?? [];
  const instructors = allInstructors.data?.filter((instructor) => instructor.active) ?? [];
  // A failed look into the past must not stop a booking: then there is no usual lesson.
  const isReady = me.isSuccess && allTypes.isSuccess && allInstructors.isSuccess && !recent.isLoading;
  const habit = usual(recent.data ?? [], types, instructors);
  const type = types.find((candidate) => candidate.id === search.type) ?? habit.type;
  const known = search.who === ANYONE || instructors.some((instructor) => instructor.id === search.who);
  const who = known && search.who !== undefined ? search.who : habit.who;
  const window = strip(search.from, today, type?.horizon_days ?? 0);

  const availability = useQuery({
    ...availabilityQuery({
      lesson_type_id: type?.id ?? '',
      from: window.from,
      to: window.to,
      ...(who === ANYONE ? {} : { instructor_id: who }),
    }),
    enabled: isReady && type !== undefined,
  });
  const days = availability.data?.days ?? [];
  const inWindow = days.some((day) => day.date === search.day);
  const day = (inWindow ? search.day : firstFree(days)) ?? window.from;

  return {
    me: me.data,
    zone,
    types,
    instructors,
    places: places.data ?? [],
    habit,
    type,
    who,
    window,
    isReady,
    failure: [me, allTypes, allInstructors].find((query) => query.isError && !query.data),
    availability,
    day,
    slots: slotsOn(availability.data?.slots ?? [], day, zone),
    choose: (change: Search) => {
      void navigate({ search: { ...search, ...change }, replace: true, resetScroll: false });
    },
  };
}
