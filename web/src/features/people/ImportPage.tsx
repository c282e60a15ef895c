import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { Alert } from '../../components/Alert';
import { buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { Submit } from '../../components/manage/Form';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { newKey } from '../../lib/ids';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { addAll, EXAMPLE, mistakesOf, readFile, tryOut, type LearnerFile, type Mistake } from './importing';

function useImport() {
  const client = useQueryClient();
  const [file, setFile] = useState<LearnerFile>();
  const [unread, setUnread] = useState<'large' | 'encoding'>();
  const check = useMutation<Schema['Imported'], Problem, LearnerFile>({ mutationFn: tryOut });
  const add = useMutation<Schema['Imported'], Problem, LearnerFile>({
    mutationFn: addAll,
    onSettled: (_done, problem, sent) => {
      // Answered with a no: what is sent next is another wish.
      if (problem && !problem.isTransient) setFile({ ...sent, key: newKey() });
      return client.invalidateQueries({ queryKey: ['learners'] });
    },
  });
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    check.reset();
    add.reset();
    const read = await readFile(chosen);
    setUnread(typeof read === 'string' ? read : undefined);
    setFile(typeof read === 'string' ? undefined : read);
    if (typeof read !== 'string') check.mutate(read);
  };
  return { file, unread, check, add, choose };
}

/** Many learners from one file: it is tried as soon as it is chosen, and all of it is added or nothing. */
export function ImportPage() {
  const t = useT();
  const { file, unread, check, add, choose } = useImport();
  const refused = add.error ?? check.error;
  return (
    <Page title={t('import.title')}>
      <p className="-mt-1 mb-5 max-w-prose text-muted lg:-mt-5">
        {t('import.lead')}{' '}
        <Link to="/manage/learners" className="inline-block py-2 font-semibold text-brand underline">
          {t('import.back')}
        </Link>
      </p>
      <div className="grid max-w-3xl gap-4">
        <ChooseFile name={file?.name} onChoose={(chosen) => void choose(chosen)} />
        {unread && (
          <Alert title={t(`import.unread.${unread}`)}>
            <p>{t(`import.unread.${unread}.next`)}</p>
          </Alert>
        )}
        {check.isPending && (
          <div role="status" className="grid gap-2">
            <p>{t('import.checking')}</p>
            <Skeleton className="h-24" />
          </div>
        )}
        {refused && file && (
          <Wrong
            problem={refused}
            onRetry={() => {
              if (add.isError) add.mutate(file);
              else check.mutate(file);
            }}
          />
        )}
        {file && check.isSuccess && !add.isSuccess && !refused && (
          <Ready
            count={check.data.created}
            busy={add.isPending}
            onImport={() => {
              add.mutate(file);
            }}
          />
        )}
        {add.isSuccess && (
          <Alert tone="calm" takesFocus title={t('import.done', { count: add.data.created })}>
            <p>{t('import.done.next')}</p>
            <div>
              <Link to="/manage/learners" className={buttonLook()}>
                {t('import.back')}
              </Link>
            </div>
          </Alert>
        )}
        <Columns />
      </div>
    </Page>
  );
}

function ChooseFile({ name, onChoose }: { name: string | undefined; onChoose: (file?: File) => void }) {
  const t = useT();
  const isOnline = useOnline();
  const id = useId();
  return (
    <>
      {/* The browser takes what is dropped on the control, so the control is all of the box. */}
      <div className="relative grid min-h-32 rounded-2xl border-2 border-dashed border-edge bg-surface p-5 focus-within:border-brand">
        <label htmlFor={id} className="text-lg font-semibold break-words">
          {name ?? t('import.choose')}
        </label>
        <input
          id={id}
          type="file"
          accept=".csv,text/csv"
          disabled={!isOnline}
          onChange={(event) => {
            onChoose(event.target.files?.[0]);
            // The same file, mended, may be chosen again.
            event.target.value = '';
          }}
          className="absolute inset-0 size-full cursor-pointer px-5 pt-16 text-transparent file:min-h-11 file:rounded-xl file:border file:border-solid file:border-edge file:bg-surface file:px-4 file:font-semibold file:text-ink"
        />
      </div>
      {!isOnline && <p className="font-semibold text-warn">{t('import.offline')}</p>}
    </>
  );
}

function Ready({ count, busy, onImport }: { count: number; busy: boolean; onImport: () => void }) {
  const t = useT();
  return (
    <section role="status" className="grid gap-3 rounded-2xl border border-brand/25 bg-brand-soft p-4">
      <h2 className="text-lg font-bold">{t('import.ready', { count })}</h2>
      {count > 0 && (
        <>
          <p>{t('import.ready.next')}</p>
          <Submit busy={busy} label={t('import.add', { count })} onClick={onImport} />
        </>
      )}
    </section>
  );
}

function Wrong({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const t = useT();
  const { mistakes, count } = mistakesOf(problem);
  if (mistakes.length === 0)
    return <Failure error={problem} {...(problem.isTransient ? { onRetry } : {})} takesFocus />;
  return (
    <Alert title={t('import.mistakes', { count })} takesFocus>
      <p>
        {t('import.mistakes.next')}
        {count > mistakes.length && ` ${t('import.mistakes.first', { count: mistakes.length })}`}
      </p>
      <MistakeTable mistakes={mistakes} />
    </Alert>
  );
}

const COLUMNS = ['name', 'email', 'phone', 'active'];

function MistakeTable({ mistakes }: { mistakes: Mistake[] }) {
  const t = useT();
  const nameOf = (field = '') =>
    COLUMNS.includes(field) ? t(`import.column.${field}`) : field || t('import.wholeLine');
  return (
    <table className="w-full rounded-xl bg-surface text-left">
      <thead>
        <tr className="text-sm">
          {['line', 'field', 'message'].map((head) => (
            <th key={head} scope="col" className="px-2 py-2">
              {t(`import.head.${head}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {mistakes.map(({ line, field, message }, index) => (
          <tr key={index} className="align-top">
            <th scope="row" className="px-2 py-2 tabular-nums">
              {line}
            </th>
            <td className="px-2 py-2 wrap-anywhere">{nameOf(field)}</td>
            <td className="px-2 py-2 wrap-anywhere">{message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Columns() {
  const t = useT();
  return (
    <section className="grid gap-3 rounded-2xl border border-line bg-surface p-4 sm:p-6">
      <h2 className="text-xl font-bold tracking-tight">{t('import.columns')}</h2>
      <p className="text-muted">{t('import.columns.lead')}</p>
      <dl className="grid gap-x-4 gap-y-2 sm:grid-cols-[8rem_minmax(0,1fr)]">
        {COLUMNS.map((column) => (
          <div key={column} className="sm:contents">
            <dt className="font-mono font-semibold">{column}</dt>
            <dd>{t(`import.about.${column}`)}</dd>
          </div>
        ))}
      </dl>
      <div>
        <a
          className={buttonLook('secondary')}
          download="learners.csv"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(EXAMPLE)}`}
        >
          {t('import.example')}
        </a>
      </div>
    </section>
  );
}
