import { expect, it } from 'vitest';
import { readBoard } from '../search';
import { chosen, toggled } from './chosen';

const columns = [
  { owner: 'asha', lessons: 2 },
  { owner: 'ben', lessons: 0 },
  { owner: 'cleo', lessons: 0 },
];
const open = ({ owner }: { owner: string }) => (owner === 'cleo' ? [] : [{ from: 540, to: 1020 }]);
const owners = (filter: Parameters<typeof chosen>[1]) =>
  chosen(columns, filter, open).map((each) => each.owner);

it('shows the columns that are wanted, and all where none of them is left', () => {
  expect(owners({})).toEqual(['asha', 'ben', 'cleo']);
  expect(owners({ only: 'cleo,asha' })).toEqual(['asha', 'cleo']);
  expect(owners({ only: 'gone' })).toEqual(['asha', 'ben', 'cleo']);
});

it('leaves out who neither works nor has a lesson', () => {
  expect(owners({ working: true })).toEqual(['asha', 'ben']);
  expect(owners({ working: true, only: 'cleo' })).toEqual([]);
  expect(chosen(columns, { working: true }, () => []).map((each) => each.owner)).toEqual(['asha']);
});

it('takes a column out and in again; all of them is no filter', () => {
  expect(toggled(columns, undefined, 'ben')).toBe('asha,cleo');
  expect(toggled(columns, 'asha,cleo', 'ben')).toBeUndefined();
  expect(toggled(columns, 'asha', 'asha')).toBeUndefined();
  expect(toggled(columns, 'asha,gone', 'cleo')).toBe('asha,cleo');
});

it('reads what the address says and nothing else', () => {
  expect(readBoard({ date: '2026-03-11', by: 'vehicle', only: 'a,b', working: true, lesson: 12 })).toEqual({
    date: '2026-03-11',
    by: 'vehicle',
    only: 'a,b',
    working: true,
    lesson: '12',
  });
  expect(readBoard({ date: '2026-13-40', by: 'planet', only: '', working: 'no' })).toEqual({});
});
