import type { ReactNode } from 'react';
import { Failure } from '../../components/Failure';
import { Button } from '../../components/Button';
import { Submit } from '../../components/manage/Form';
import { Versions, type Difference } from '../../components/manage/Versions';
import { WhatChanges } from '../../components/manage/WhatChanges';
import { useT } from '../../i18n';
import type { Previewed } from '../../lib/manage/usePreview';
import type { Problem } from '../../lib/problem';

type Draft = {
  save: { isPending: boolean; isError: boolean; error: Problem | null };
  isStale: boolean;
  isChanged: boolean;
  saveAll: () => void;
  saveOver: () => void;
  discard: () => void;
};
type Props = {
  title: string;
  lead: string;
  draft: Draft;
  isWrong: boolean;
  differences: Difference[];
  affected: string[];
  onAffected: () => void;
  saveLabel: string;
  preview: Previewed;
  children: ReactNode;
};

/** Weekly hours and dates of their own: both are replaced as a whole, and both leave lessons where they are. */
export function Section(props: Props) {
  const { title, lead, draft, isWrong, differences, affected, onAffected, saveLabel, preview, children } =
    props;
  const t = useT();
  const { save, isStale } = draft;
  return (
    <section aria-label={title} className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6">
      <div>
        <h2 className="text-xl font-bold tracking-tight">{title}</h2>
        <p className="text-sm text-muted">{lead}</p>
      </div>
      {isStale && (
        <Versions
          differences={differences}
          busy={save.isPending}
          onTheirs={draft.discard}
          onMine={draft.saveOver}
        />
      )}
      {save.isError && !isStale && <Failure error={save.error} takesFocus />}
      {affected.length > 0 && !draft.isChanged && (
        <div className="flex flex-wrap items-center justify-between gap-2 rounded-xl bg-warn-soft px-4 py-2">
          <p className="font-semibold text-warn">{t('hours.outside', { count: affected.length })}</p>
          <Button look="secondary" onClick={onAffected}>
            {t('hours.outside.show')}
          </Button>
        </div>
      )}
      {children}
      <WhatChanges preview={preview} />
      {draft.isChanged && !isStale && (
        <Submit
          busy={save.isPending}
          disabled={isWrong}
          label={saveLabel}
          onClick={draft.saveAll}
          onCancel={draft.discard}
        />
      )}
    </section>
  );
}
