import type { ReactNode } from 'react';

type Props = { title: string; busy?: boolean; narrow?: boolean; children: ReactNode };

/** The one heading of a page, and its title in the tab. */
export function Page({ title, busy = false, narrow = false, children }: Props) {
  return (
    <div aria-busy={busy || undefined} className={narrow ? 'mx-auto w-full max-w-2xl' : ''}>
      <title>{`${title} – Roadbook`}</title>
      <h1 className="mb-3 text-2xl sm:mb-6 sm:text-3xl leading-tight font-extrabold tracking-tight lg:mb-8 lg:text-4xl">
        {title}
      </h1>
      {children}
    </div>
  );
}
