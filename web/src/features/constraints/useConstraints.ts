import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';
import { findItem, RULES, scopeOf, type Constraint, type RuleName } from './findings';

const KEY = 'constraints';

export const constraintsQuery = queryOptions({
  queryKey: [KEY],
  queryFn: ({ signal }) => body(api.GET('/api/v1/constraints', { signal })),
});

const put = (items: Constraint[], version: number) =>
  body(
    api.PUT('/api/v1/constraints', {
      params: { header: { 'If-Match': `"${version}"` } },
      body: { items: tidy(items) },
    }),
  );

const STARTS: Record<RuleName, number> = {
  'learner-daily-maximum': 2,
  'learner-weekly-maximum': 4,
  'open-bookings': 8,
  'instructor-daily-minutes': 480,
  break: 240,
};

/** A rule that was never set is off. */
export const blank = (rule: RuleName, instructor?: string): Constraint => ({
  rule,
  enabled: false,
  value: STARTS[rule],
  scope: instructor ? { kind: 'instructor', id: instructor } : { kind: 'school' },
  ...(rule === 'break' ? { break_minutes: 30 } : {}),
});

const tidy = (items: Constraint[]): Constraint[] =>
  items.map(({ message, ...item }) => ({ ...item, ...(message?.trim() ? { message: message.trim() } : {}) }));

const place = (item: Constraint) => `${RULES.indexOf(item.rule)} ${scopeOf(item) ?? ''}`;
/** Every rule of the school, then the exceptions, in the order in which they are shown. */
export const complete = (items: Constraint[]): Constraint[] =>
  [...RULES.filter((rule) => !findItem(items, rule)).map((rule) => blank(rule)), ...items].sort((a, b) =>
    place(a).localeCompare(place(b)),
  );

export const sameItems = (a: Constraint[], b: Constraint[]): boolean =>
  JSON.stringify(tidy(complete(a)).map(sorted)) === JSON.stringify(tidy(complete(b)).map(sorted));
const sorted = (item: Constraint) => Object.entries(item).sort(([a], [b]) => a.localeCompare(b));

type Edit = { items: Constraint[]; over: number };

/** The rules as they are being changed. Nothing holds before all of it is saved at once. */
export function useConstraints() {
  const t = useT();
  const saved = useQuery(constraintsQuery);
  const [edit, setEdit] = useState<Edit>();
  const save = useSave(({ items, over }: Edit) => put(items, over), [KEY]);
  const theirs = saved.data && complete(saved.data.items);
  const items = edit?.items ?? theirs ?? [];
  const isStale = save.error?.status === 412;
  const send = (next: Edit) => {
    save.mutate(next, {
      onSuccess: (now: Schema['Constraints']) => {
        setEdit(undefined);
        const count = now.items.filter((item) => item.enabled).length;
        notify({ text: t('rules.saved', { count }) });
      },
    });
  };
  return {
    saved,
    theirs: theirs ?? [],
    items,
    save,
    isStale,
    isChanged: theirs !== undefined && !sameItems(items, theirs),
    set: (next: Constraint[]) => {
      setEdit({ items: complete(next), over: edit?.over ?? saved.data?.version ?? 1 });
    },
    /** Over whatever is there now: only after both were shown. */
    saveOver: () => {
      send({ items, over: saved.data?.version ?? 1 });
    },
    saveAll: () => {
      send({ items, over: edit?.over ?? saved.data?.version ?? 1 });
    },
    discard: () => {
      setEdit(undefined);
      save.reset();
    },
  };
}
