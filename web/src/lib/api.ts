import createClient from 'openapi-fetch';
import { problemOf } from './problem';
import type { components, paths } from './schema';
import { fetchInSession } from './session';

export type Schema = components['schemas'];

const client = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: fetchInSession,
});

// The caller decides what a 409 means; here it only becomes a Problem.
client.use({
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
});

export const api = client;

/** The body of an answer. Whatever is not a success was thrown before. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/** Every page of a list, for the short ones: types, instructors, cars. */
export async function everyPage<T>(
  page: (cursor: { cursor?: string }) => Promise<{ items: T[]; next_cursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: { cursor?: string } = {};
  // 25 pages of 200: a list that is longer is not one to choose from.
  for (let pages = 0; pages < 25; ++pages) {
    const { items: more, next_cursor: next } = await page(cursor);
    items.push(...more);
    if (next === null) break;
    cursor = { cursor: next };
  }
  return items;
}
