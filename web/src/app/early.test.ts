import { http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem, wire } from '../../test/wire';

/** What was asked for, and what came of it, once a page was opened here. */
async function opened(path: string): Promise<Record<string, string>> {
  history.replaceState(null, '', path);
  const early = await import('./early');
  await early.asked;
  const all = early.client.getQueryCache().getAll();
  return Object.fromEntries(all.map(({ queryKey, state }) => [String(queryKey[0]), state.status] as const));
}

describe('the first script', () => {
  beforeEach(() => {
    vi.resetModules();
    localStorage.setItem('roadbook.signed-in', '1');
  });

  it('asks for all that the booking page shows', async () => {
    expect(await opened('/book?who=ben')).toEqual({
      places: 'success',
      bookings: 'success',
      me: 'success',
      'lesson-types': 'success',
      instructors: 'success',
      availability: 'success',
    });
  });

  it('asks who it is where that decides which page it will be, and elsewhere nothing', async () => {
    expect(await opened('/')).toEqual({ me: 'success' });
    vi.resetModules();
    expect(await opened('/week')).toEqual({});
  });

  it('asks nothing for nobody', async () => {
    localStorage.clear();
    expect(await opened('/book')).toEqual({});
  });

  it('leaves what fails to the page', async () => {
    wire.use(http.get('/api/v1/lesson-types', () => problem(403, 'forbidden')));
    expect(await opened('/book')).toMatchObject({ 'lesson-types': 'error' });
  });
});
