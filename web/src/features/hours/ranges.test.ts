import { expect, it } from 'vitest';
import { faultOf, inOrder, lengthOf, oneMore, onWeekday, withWeekday } from './ranges';

const range = (start: string, end: string) => ({ start, end });

it('replaces one day and keeps the others', () => {
  const week = [
    { weekday: 1, ...range('09:00', '12:00') },
    { weekday: 2, ...range('10:00', '11:00') },
  ];
  const next = withWeekday(week, 1, [range('13:00', '15:00'), range('08:00', '12:00')]);
  expect(onWeekday(next, 2)).toEqual([range('10:00', '11:00')]);
  expect(inOrder(next).map((each) => each.start)).toEqual(['08:00', '13:00', '10:00']);
});

it('finds what no day can have', () => {
  expect(faultOf([range('09:00', '12:00'), range('12:00', '17:00')])).toBeUndefined();
  expect(faultOf([range('09:00', '12:00'), range('11:55', '17:00')])).toBe('overlap');
  expect(faultOf([range('13:00', '17:00'), range('09:00', '13:05')])).toBe('overlap');
  expect(faultOf([range('12:00', '12:00')])).toBe('order');
  expect(faultOf([range('20:00', '24:00')])).toBeUndefined();
  expect(faultOf([range('09:03', '12:00')])).toBe('five');
});

it('adds up a day', () => {
  expect(lengthOf([range('09:00', '12:30'), range('20:00', '24:00')])).toBe(450);
});

it('offers a range that does not overlap those that are there', () => {
  expect(oneMore([])).toEqual(range('09:00', '17:00'));
  expect(oneMore([range('09:00', '12:00')])).toEqual(range('13:00', '16:00'));
  expect(oneMore([range('09:00', '21:30')])).toEqual(range('22:30', '24:00'));
});
