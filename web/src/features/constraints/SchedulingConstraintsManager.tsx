import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Submit } from '../../components/manage/Form';
import { Loaded } from '../../components/manage/ListPage';
import { Versions, type Difference } from '../../components/manage/Versions';
import { ChangesInShort, WhatChanges } from '../../components/manage/WhatChanges';
import { useT, type Translate } from '../../i18n';
import { usePreview } from '../../lib/manage/usePreview';
import { instructorsQuery, lessonTypesQuery, type Instructor } from '../../lib/queries';
import { findings, findItem, RULES, scopeOf, type Constraint } from './findings';
import { RuleCard } from './RuleCard';
import { sentence } from './sentence';
import { previewRules, useConstraints } from './useConstraints';

/** The rules that a school can set, in sentences; what they do together is said before they are saved. */
export function SchedulingConstraintsManager() {
  const t = useT();
  const rules = useConstraints();
  const instructors = useQuery(instructorsQuery).data ?? [];
  const types = useQuery(lessonTypesQuery).data ?? [];
  const longestLesson = Math.max(
    0,
    ...types.filter((type) => type.active).map((type) => type.length_minutes),
  );
  const odd = findings(rules.items, { longestLesson, instructors });
  const { save, isStale } = rules;
  const preview = usePreview('rules', rules.isChanged ? { items: rules.items } : undefined, previewRules);
  const changes = useRef<HTMLElement>(null);
  return (
    <Page title={t('manage.rules')} busy={rules.saved.isPending}>
      <p className="-mt-1 mb-5 max-w-prose text-muted lg:-mt-5">{t('rules.lead')}</p>
      <Loaded query={rules.saved} skeleton="h-44">
        {() => (
          <div className="grid gap-4 pb-40">
            {isStale && (
              <Versions
                differences={rules.isChanged ? differences(rules.theirs, rules.items, instructors, t) : []}
                busy={save.isPending}
                onTheirs={rules.discard}
                onMine={rules.saveOver}
              />
            )}
            {save.isError && !isStale && <Failure error={save.error} takesFocus />}
            {RULES.map((rule) => (
              <RuleCard
                key={rule}
                rule={rule}
                items={rules.items}
                instructors={instructors}
                findings={odd.filter((finding) => finding.rule === rule)}
                complaints={save.error?.fields ?? []}
                onChange={rules.set}
              />
            ))}
            <WhatChanges
              preview={preview}
              sectionRef={(section) => {
                changes.current = section;
              }}
            />
          </div>
        )}
      </Loaded>
      {rules.isChanged && !isStale && (
        <section
          aria-label={t('rules.unsaved')}
          className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface px-4 py-3 shadow-bar"
        >
          <div className="mx-auto flex max-w-[70rem] flex-wrap items-center justify-between gap-3">
            <div className="flex flex-wrap items-center gap-x-3">
              <p role="status" className="font-semibold">
                {t('rules.unsaved')} <ChangesInShort preview={preview} />
              </p>
              <Button
                look="quiet"
                className="-ml-4"
                onClick={() => {
                  changes.current?.scrollIntoView({ block: 'center' });
                  changes.current?.focus({ preventScroll: true });
                }}
              >
                {t('preview.show')}
              </Button>
            </div>
            <Submit
              busy={save.isPending}
              label={t('rules.save')}
              onClick={rules.saveAll}
              onCancel={rules.discard}
            />
          </div>
        </section>
      )}
    </Page>
  );
}

/** Rule by rule and person by person, where the two are not the same. */
function differences(
  theirs: Constraint[],
  mine: Constraint[],
  instructors: Instructor[],
  t: Translate,
): Difference[] {
  const scopes = [undefined, ...new Set([...theirs, ...mine].map(scopeOf).filter((id) => id !== undefined))];
  return RULES.flatMap((rule) =>
    scopes.map((scope) => {
      const person = instructors.find((each) => each.id === scope)?.name ?? t('instructor.unknown');
      const words = (items: Constraint[]) => {
        const item = findItem(items, rule, scope);
        return scope && !item ? t('rules.asSchool') : sentence(item, t);
      };
      const title = t(`rules.title.${rule}`);
      return { label: scope ? `${title}, ${person}` : title, theirs: words(theirs), mine: words(mine) };
    }),
  ).filter((each) => each.theirs !== each.mine);
}
