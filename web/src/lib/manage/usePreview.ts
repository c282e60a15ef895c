import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Schema } from '../api';
import { useOnline } from '../online';
import { asProblem } from '../problem';

export type Preview = Schema['Preview'];

const SETTLED_MS = 400;
const TRIES = 3;

/** What a draft would do, asked once it rests. `body` is undefined while there is nothing to ask. */
export function usePreview<Body>(
  name: string,
  body: Body | undefined,
  ask: (body: Body, signal: AbortSignal) => Promise<Preview>,
) {
  const isOnline = useOnline();
  // Compared as text: the draft is made anew each time.
  const wanted = body === undefined ? undefined : JSON.stringify(body);
  const [asked, setAsked] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(wanted);
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [wanted]);
  const query = useQuery({
    queryKey: ['preview', name, asked],
    queryFn: ({ signal }) => ask(JSON.parse(asked ?? '') as Body, signal),
    enabled: isOnline && asked !== undefined && asked === wanted,
    // Also after a network that was gone for a moment: to ask changes nothing.
    retry: (failures, error) => asProblem(error).isTransient && failures < TRIES - 1,
    staleTime: 10_000,
  });
  // Under a failure and while the next one is counted, the last one stays.
  const [last, setLast] = useState<Preview>();
  if (query.data && query.data !== last) setLast(query.data);
  return {
    isWanted: wanted !== undefined,
    isOnline,
    data: query.data ?? last,
    isOld: query.data === undefined || asked !== wanted,
    error: asked === wanted ? query.error : null,
    retry: () => void query.refetch(),
  };
}

export type Previewed = ReturnType<typeof usePreview>;
