import type { ReactNode } from 'react';

type Props = {
  title: string;
  busy?: boolean;
  narrow?: boolean;
  /** In one row with the heading, where there is room. */
  beside?: ReactNode;
  children: ReactNode;
};

/** The one heading of a page, and its title in the tab. */
export function Page({ title, busy = false, narrow = false, beside, children }: Props) {
  return (
    <div aria-busy={busy || undefined} className={narrow ? 'mx-auto w-full max-w-2xl' : ''}>
      <title>{`${title} – Roadbook`}</title>
      {beside ? (
        <div className="mb-4 flex flex-wrap items-center gap-x-5 gap-y-2">
          <h1 className="text-2xl leading-tight font-extrabold tracking-tight sm:text-3xl">{title}</h1>
          {beside}
        </div>
      ) : (
        <h1 className="mb-3 text-2xl sm:mb-6 sm:text-3xl leading-tight font-extrabold tracking-tight lg:mb-8 lg:text-4xl">
          {title}
        </h1>
      )}
      {children}
    </div>
  );
}
