import { queryOptions } from '@tanstack/react-query';
import { api, body, everyPage, type Schema } from '../api';
import { answered, keyOf } from '../changes';
import { asProblem } from '../problem';

type Versioned = { id: string; version: number };
type Page<T> = { items: T[]; next_cursor: string | null };
type Init = {
  params?: { path?: object; query?: object; header?: object };
  body?: object;
  signal?: AbortSignal;
};
type Call = (path: string, init: Init) => Promise<{ data?: unknown }>;
// The five calls are alike for each of these lists; what goes in and comes out is typed by the resource below.
const call = api as unknown as Record<'GET' | 'POST' | 'PATCH' | 'DELETE', Call>;

/** A list of the school that staff keep: read, add, change, remove. */
export function resource<T extends Versioned, Input extends object, Made extends T = T>(name: string) {
  const path = `/api/v1/${name}`;
  const one = (id: string) => `${path}/${encodeURIComponent(id)}`;
  return {
    name,
    list: queryOptions({
      queryKey: [name],
      queryFn: ({ signal }) =>
        everyPage((cursor) =>
          body(
            call.GET(path, { params: { query: { limit: 200, ...cursor } }, signal }) as Promise<{
              data?: Page<T>;
            }>,
          ),
        ),
    }),
    get: (id: string) => body(call.GET(one(id), {})) as Promise<T>,
    async create(input: Input): Promise<Made> {
      const wish = name + JSON.stringify(input);
      try {
        const init = { params: { header: { 'Idempotency-Key': keyOf(wish) } }, body: input };
        const made = (await body(call.POST(path, init))) as Made;
        answered(wish, null);
        return made;
      } catch (error) {
        answered(wish, asProblem(error));
        throw error;
      }
    },
    change: (item: Versioned, patch: Partial<Input>) =>
      body(
        call.PATCH(one(item.id), { params: { header: { 'If-Match': `"${item.version}"` } }, body: patch }),
      ) as Promise<T>,
    /** Of people only: another link to set a first password, which a mail brings too. */
    invite: (id: string) => body(call.POST(`${one(id)}/invitation`, {})) as Promise<{ welcome_url: string }>,
    /** Of people only, for admins: on every device. */
    signOut: async (id: string): Promise<void> => {
      await call.DELETE(`/api/v1/people/${encodeURIComponent(id)}/sessions`, {});
    },
    /** Of people only, for admins, where somebody has lost theirs. */
    dropFactors: async (id: string): Promise<void> => {
      await call.DELETE(`/api/v1/people/${encodeURIComponent(id)}/factors`, {});
    },
    /** Of people only: everything there is about them, by mail to them. */
    sendCopy: async (id: string): Promise<void> => {
      await call.POST(`/api/v1/people/${encodeURIComponent(id)}/export`, {});
    },
    remove: async (id: string): Promise<void> => {
      await call.DELETE(one(id), {});
    },
  };
}

export type Resource<T extends Versioned, Input extends object = object, Made extends T = T> = ReturnType<
  typeof resource<T, Input, Made>
>;

export const lessonTypes = resource<Schema['LessonType'], Schema['LessonTypeInput']>('lesson-types');
export const closures = resource<Schema['Closure'], Schema['ClosureInput']>('closures');
export const vehicles = resource<Schema['Vehicle'], Schema['VehicleInput']>('vehicles');
export const instructors = resource<
  Schema['Instructor'],
  Schema['InstructorInput'],
  Schema['InstructorCreated']
>('instructors');
export const learners = resource<Schema['Learner'], Schema['LearnerInput'], Schema['LearnerCreated']>(
  'learners',
);
export const guardians = resource<Schema['Guardian'], Schema['GuardianInput'], Schema['GuardianCreated']>(
  'guardians',
);
export const users = resource<Schema['User'], Schema['UserInput'], Schema['UserCreated']>('users');
