import type { UseQueryResult } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useT } from '../../i18n';
import { Button } from '../Button';
import { Failure } from '../Failure';
import { Page } from '../Page';
import { Skeleton } from '../Skeleton';

/** What is being fetched, the same everywhere: boxes of its size, the old data under a failure, then the data. */
export function Loaded<T>({
  query,
  skeleton,
  children,
}: {
  query: UseQueryResult<T>;
  skeleton: string;
  children: (data: T) => ReactNode;
}) {
  return (
    <>
      {query.isError && (
        <div className="mb-4">
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.isPending && (
        <div aria-busy="true" className="grid gap-3">
          {[1, 2, 3, 4].map((key) => (
            <Skeleton key={key} className={`rounded-2xl ${skeleton}`} />
          ))}
        </div>
      )}
      {query.data !== undefined && children(query.data)}
    </>
  );
}

type EmptyProps = { title: string; children?: ReactNode; action?: ReactNode };

/** Why there is nothing, and one thing to do about it. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="grid justify-items-start gap-3 rounded-2xl border border-dashed border-edge p-6">
      <p className="text-lg font-semibold">{title}</p>
      {children && <p className="max-w-prose text-muted">{children}</p>}
      {action}
    </div>
  );
}

type Props<T> = {
  title: string;
  lead: string;
  query: UseQueryResult<T[]>;
  add: { label: string; onAdd: () => void };
  /** Another way to add, beside it. */
  more?: ReactNode;
  empty: string;
  /** What a search looks at; without it there is no search. */
  search?: (item: T) => string;
  row: (item: T) => ReactNode;
  children?: ReactNode;
};

const SEARCHED_FROM = 6;
const AT_ONCE = 50;

/** One page for each list that the office keeps. */
export function ListPage<T extends { id: string }>(props: Props<T>) {
  const { title, lead, query, add, more, empty, search, row, children } = props;
  const t = useT();
  const [sought, setSought] = useState('');
  const [most, setMost] = useState(AT_ONCE);
  const all = query.data ?? [];
  const words = sought.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = search
    ? all.filter((item) => words.every((word) => search(item).toLocaleLowerCase().includes(word)))
    : all;
  const adding = (
    <div className="flex flex-wrap gap-2">
      {more}
      <Button onClick={add.onAdd}>{add.label}</Button>
    </div>
  );
  return (
    <Page title={title} busy={query.isPending}>
      <p className="-mt-1 mb-4 max-w-prose text-muted lg:-mt-5">{lead}</p>
      <div className="mb-4 flex flex-wrap items-end justify-between gap-3">
        {search && all.length >= SEARCHED_FROM ? (
          <Search
            value={sought}
            onChange={(text) => {
              setSought(text);
              setMost(AT_ONCE);
            }}
            found={found.length}
          />
        ) : (
          <span />
        )}
        {(all.length > 0 || query.isPending) && adding}
      </div>
      <Loaded query={query} skeleton="h-20">
        {() =>
          found.length > 0 ? (
            <>
              <Rows>{found.slice(0, most).map(row)}</Rows>
              {found.length > most && (
                <Button
                  look="secondary"
                  className="mt-3"
                  onClick={() => {
                    setMost(most + AT_ONCE);
                  }}
                >
                  {t('list.more', { count: found.length - most })}
                </Button>
              )}
            </>
          ) : all.length > 0 ? (
            <Empty
              title={t('list.noneFound', { sought })}
              action={
                <Button
                  look="secondary"
                  onClick={() => {
                    setSought('');
                  }}
                >
                  {t('list.showAll')}
                </Button>
              }
            />
          ) : (
            <Empty title={empty} action={adding} />
          )
        }
      </Loaded>
      {children}
    </Page>
  );
}

function Search({
  value,
  onChange,
  found,
}: {
  value: string;
  onChange: (text: string) => void;
  found: number;
}) {
  const t = useT();
  const id = useId();
  return (
    <div className="grid grow gap-1 sm:max-w-80">
      <label htmlFor={id} className="text-sm font-semibold text-muted">
        {t('list.search')}
      </label>
      <input
        id={id}
        type="search"
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        className="min-h-11 rounded-xl border border-edge bg-surface px-3"
      />
      <p role="status" className="sr-only">
        {value && t('list.found', { count: found })}
      </p>
    </div>
  );
}

export const Rows = ({ children }: { children: ReactNode }) => (
  <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
    {children}
  </ul>
);

type RowProps = { name: string; badge?: string | undefined; facts: ReactNode; children?: ReactNode };

/** One thing of a list: what it is called, what matters about it, what can be done with it. */
export function Row({ name, badge, facts, children }: RowProps) {
  return (
    <li className="grid gap-2 p-4 md:flex md:flex-wrap md:items-center md:gap-x-6">
      <div className="min-w-0 md:min-w-72 md:flex-1">
        <h2 className="flex flex-wrap items-center gap-x-2 font-bold">
          {name}
          {badge && (
            <span className="rounded-full bg-sunken px-2.5 py-0.5 text-sm font-semibold text-muted">
              {badge}
            </span>
          )}
        </h2>
        <div className="text-muted">{facts}</div>
      </div>
      <div
        role="group"
        aria-label={name}
        className="-ml-2 flex flex-wrap gap-1 md:-mr-2 md:ml-auto md:justify-end"
      >
        {children}
      </div>
    </li>
  );
}

type ActionProps = {
  label: string;
  of: string;
  onClick: () => void;
  look?: 'secondary' | 'quiet' | 'danger';
};

/** A button of a row; a screen reader hears of which row. */
export const RowAction = ({ label, of, onClick, look = 'quiet' }: ActionProps) => (
  <Button look={look} className="px-3 max-sm:px-2.5" onClick={onClick}>
    {label} <span className="sr-only">{of}</span>
  </Button>
);
