import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { instructorsQuery, lessonTypesQuery, meQuery, placesQuery } from '../../lib/queries';
import { firstFree, slotsOn } from '../../lib/slots';
import { chosen, recentBookingsQuery, type Search } from './choice';

const route = getRouteApi('/in/book');

export function useBookingPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useMemo(() => new Date(), []);

  const me = useQuery(meQuery);
  const zone = me.data?.school.time_zone ?? 'UTC';
  const allTypes = useQuery(lessonTypesQuery);
  const allInstructors = useQuery(instructorsQuery);
  const places = useQuery(placesQuery());
  const recent = useQuery(recentBookingsQuery(now));

  // A failed look into the past must not stop a booking: then there is no usual lesson.
  const isReady = me.isSuccess && allTypes.isSuccess && allInstructors.isSuccess && !recent.isLoading;
  const choice = chosen(search, {
    zone,
    types: allTypes.data ?? [],
    instructors: allInstructors.data ?? [],
    recent: recent.data ?? [],
    now,
  });
  const availability = useQuery({
    ...choice.availability,
    enabled: isReady && choice.type !== undefined,
  });
  const days = availability.data?.days ?? [];
  const inWindow = days.some((day) => day.date === search.day);
  const day = (inWindow ? search.day : firstFree(days)) ?? choice.window.from;

  return {
    me: me.data,
    zone,
    ...choice,
    places: places.data ?? [],
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
