import { useId, type ReactNode } from 'react';

type Props = { title: string; lead?: string; children: ReactNode };

export function AccountSection({ title, lead, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6">
      <div>
        <h2 id={id} className="text-xl font-bold tracking-tight">
          {title}
        </h2>
        {lead && <p className="mt-1 wrap-anywhere text-muted">{lead}</p>}
      </div>
      {children}
    </section>
  );
}
