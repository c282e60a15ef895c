import type { ReactNode } from 'react';

type Props = { tone?: 'danger' | 'warn' | 'calm'; title: string; children?: ReactNode; takesFocus?: boolean };

const tones = {
  danger: 'border-danger/40 bg-danger-soft [&>h2]:text-danger',
  warn: 'border-warn/30 bg-warn-soft [&>h2]:text-warn',
  calm: 'border-brand/25 bg-brand-soft [&>h2]:text-brand',
};

const focusOnce = (element: HTMLElement | null) => {
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: 'center' });
};

/** Said at once by screen readers. With `takesFocus` the keyboard continues here. */
export function Alert({ tone = 'danger', title, children, takesFocus = false }: Props) {
  return (
    <div
      role="alert"
      {...(takesFocus ? { tabIndex: -1, ref: focusOnce } : {})}
      className={`grid gap-3 rounded-2xl border p-4 outline-offset-4 ${tones[tone]}`}
    >
      <h2 className="text-lg leading-snug font-bold">{title}</h2>
      {children}
    </div>
  );
}
