import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Schema } from '../../lib/api';
import { networkProblem, problemOf } from '../../lib/problem';
import type { Wanted } from '../../lib/teaching';

export type Hold = Schema['GuestHold'];
export type Lesson = Schema['GuestLesson'];
export type Wish = Schema['GuestHoldInput'];

type Ask = { method: string; path: string; token?: string; body?: object; headers?: Record<string, string> };

/** What a guest shows goes in a header: it stands in no address, and no session of this browser is meant. */
async function ask({ method, path, token, body: sent, headers }: Ask): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { Authorization: `Guest ${token}` }),
      ...(sent ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(sent ? { body: JSON.stringify(sent) } : {}),
  }).catch(() => {
    throw networkProblem();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}
const read = async <T>(asked: Promise<Response>): Promise<T> => (await (await asked).json()) as T;

export const schoolQuery = (slug: string) =>
  queryOptions({
    queryKey: ['public-school', slug],
    queryFn: () =>
      read<Schema['PublicSchool']>(ask({ method: 'GET', path: `/schools/${encodeURIComponent(slug)}` })),
  });

type Question = { lesson_type_id: string; from: string; to: string; instructor_id?: string } & Wanted;
const search = (question: object) => new URLSearchParams(question as Record<string, string>).toString();

export const timesQuery = (slug: string, question: Question) =>
  queryOptions({
    queryKey: ['availability', slug, question],
    queryFn: () =>
      read<Schema['Availability']>(
        ask({ method: 'GET', path: `/schools/${encodeURIComponent(slug)}/availability?${search(question)}` }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

export const hold = (slug: string, wish: Wish, key: string) =>
  read<Hold>(
    ask({
      method: 'POST',
      path: `/schools/${encodeURIComponent(slug)}/holds`,
      body: wish,
      headers: { 'Idempotency-Key': key },
    }),
  );
export const extend = (token: string) => ask({ method: 'POST', path: '/guest/hold/extension', token });
/** Whoever is gone does not wait: it lapses by itself where this does not arrive. */
export const release = (token: string) =>
  ask({ method: 'DELETE', path: '/guest/hold', token }).catch(() => undefined);
export const sendCode = (token: string, guest: Schema['GuestInput']) =>
  ask({ method: 'POST', path: '/guest/hold/code', token, body: guest });
export const book = (token: string, proof: Schema['GuestCode'], key: string) =>
  read<Lesson>(
    ask({
      method: 'POST',
      path: '/guest/hold/booking',
      token,
      body: proof,
      headers: { 'Idempotency-Key': key },
    }),
  );

export const lessonQuery = (token: string) =>
  queryOptions({
    queryKey: ['guest-lesson', token],
    queryFn: () => read<Lesson>(ask({ method: 'GET', path: '/guest/lesson', token })),
    retry: false,
  });
export const lessonTimesQuery = (
  token: string,
  question: { from: string; to: string; instructor_id: string },
) =>
  queryOptions({
    queryKey: ['availability', token, question],
    queryFn: () =>
      read<Schema['Availability']>(
        ask({ method: 'GET', path: `/guest/lesson/availability?${search(question)}`, token }),
      ),
    placeholderData: keepPreviousData,
  });
const seen = (lesson: Lesson) => ({ 'If-Match': `"${lesson.version}"` });
export const move = (token: string, lesson: Lesson, to: Schema['GuestMove']) =>
  read<Lesson>(ask({ method: 'PATCH', path: '/guest/lesson', token, body: to, headers: seen(lesson) }));
export const cancel = (token: string, lesson: Lesson) =>
  read<Lesson>(ask({ method: 'POST', path: '/guest/lesson/cancellation', token, headers: seen(lesson) }));
