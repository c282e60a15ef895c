import type { ComponentProps } from 'react';

const looks = {
  primary: 'bg-brand text-on-brand hover:bg-brand-strong shadow-card',
  secondary: 'border border-edge bg-surface text-ink hover:border-brand hover:text-brand',
  quiet: 'text-brand hover:bg-brand-soft',
  danger: 'border border-danger text-danger hover:bg-danger-soft',
};

/** Shared with links that look like buttons. */
export const buttonLook = (look: keyof typeof looks = 'primary'): string =>
  `inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 py-2 text-center font-semibold transition-colors disabled:opacity-60 aria-disabled:opacity-60 ${looks[look]}`;

type Props = ComponentProps<'button'> & { look?: keyof typeof looks; busy?: boolean };

export function Button({
  look = 'primary',
  busy = false,
  className = '',
  disabled,
  children,
  ...rest
}: Props) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={`${buttonLook(look)} ${className}`}
    >
      {busy && (
        <span
          className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent"
          aria-hidden="true"
        />
      )}
      {children}
    </button>
  );
}
