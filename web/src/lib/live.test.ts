import { QueryClient } from '@tanstack/react-query';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { session, wire } from '../../test/wire';
import { eventReader, followLive } from './live';
import { outdatedByBooking } from './queries';
import { signedIn } from './session';

describe('the events of a stream', () => {
  it('are read however the bytes are cut', () => {
    const text =
      'event: resync\ndata: {}\n\n: still here\n\nevent: moved\ndata: {"resource":"vehicle/7"}\n\n';
    for (let at = 0; at <= text.length; ++at) {
      const read = eventReader();
      expect([...read(text.slice(0, at)), ...read(text.slice(at))]).toEqual(['resync', 'vehicle']);
    }
  });
});

it('of a stream tell how far it has been heard', () => {
  const heard: string[] = [];
  const read = eventReader((id) => heard.push(id));
  read('id: 7\nevent: moved\ndata: {"resource":"vehicle/7"}\n\nid: 9\nevent: moved\nda');
  expect(heard).toEqual(['7']);
  read('ta: {"resource":"vehicle/7"}\n\n: still here\n\n');
  expect(heard).toEqual(['7', '9']);
});

describe('a page that follows', () => {
  it('asks again for what moved, once for many changes, and not for the start of its first stream', async () => {
    signedIn(session);
    let send: (text: string) => void = () => undefined;
    wire.use(
      http.get('/api/v1/calendar/live', () => {
        const stream = new ReadableStream({
          start(controller) {
            send = (text) => {
              controller.enqueue(new TextEncoder().encode(text));
            };
            send('event: resync\ndata: {}\n\n');
          },
        });
        return new HttpResponse(stream, { headers: { 'Content-Type': 'text/event-stream' } });
      }),
    );
    const client = new QueryClient();
    const invalidated = vi.spyOn(client, 'invalidateQueries');
    void followLive(client);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(invalidated).not.toHaveBeenCalled();
    const moved = (...resources: string[]) => {
      invalidated.mockClear();
      send(resources.map((resource) => `event: moved\ndata: {"resource":"${resource}"}\n\n`).join(''));
    };
    const bookings = outdatedByBooking.map(([first]) => first);
    const expectAsked = (keys: string[]) =>
      vi.waitFor(() => {
        expect(invalidated.mock.calls.map(([filter]) => filter?.queryKey?.[0])).toEqual(keys);
      });
    moved('vehicle/7', 'learner/1', 'vehicle/7');
    await expectAsked(bookings);
    moved('vehicle/7', 'instructor/3', 'instructor/3');
    await expectAsked([...bookings, 'working-time']);
  });
});
