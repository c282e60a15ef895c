import { expect, it } from 'vitest';
import { whyOf } from './why';

it.each([
  ['the address is none that mail can be sent to', 'address'],
  ['the relay refused it with 550', 'refused'],
  ['it could not be written; the log says why', 'written'],
  ["Couldn't connect to server", 'unreached'],
  ['the relay has not answered lately', 'unreached'],
  ['', 'unreached'],
])('says of "%s" whose turn it is: %s', (problem, why) => {
  expect(whyOf({ kind: 'notice', problem })).toBe(why);
});

it('says of a calendar that was not written that it is the calendar', () => {
  expect(whyOf({ kind: 'calendar', problem: 'the address is none that mail can be sent to' })).toBe(
    'calendar',
  );
});
