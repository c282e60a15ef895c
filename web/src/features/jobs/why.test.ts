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
  expect(whyOf(problem)).toBe(why);
});
