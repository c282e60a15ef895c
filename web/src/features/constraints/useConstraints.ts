import { queryOptions, useQuery } from '@tanstack/react-query';
import { useT } from '../../i18n';
import { api, body } from '../../lib/api';
import { useDraft } from '../../lib/manage/useDraft';
import { notify } from '../../lib/notice';
import { findItem, RULES, scopeOf, type Constraint, type RuleName } from './findings';

const KEY = 'constraints';
const NONE: Constraint[] = [];

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

export const previewRules = ({ items }: { items: Constraint[] }, signal: AbortSignal) =>
  body(api.POST('/api/v1/constraints/previews', { body: { items: tidy(items) }, signal }));

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

/** The rules as they are being changed. Nothing holds before all of it is saved at once. */
export function useConstraints() {
  const t = useT();
  const saved = useQuery({
    ...constraintsQuery,
    select: ({ items, version }) => ({ items: complete(items), version }),
  });
  const draft = useDraft({
    saved,
    empty: NONE,
    same: sameItems,
    put: (items, version) => put(complete(items), version),
    outdated: [KEY],
    onSaved: (now) => {
      const count = now.items.filter((item) => item.enabled).length;
      notify({ text: t('rules.saved', { count }) });
    },
  });
  return { ...draft, items: complete(draft.items), saved };
}
