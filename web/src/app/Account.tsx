import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../components/Button';
import { useT } from '../i18n';
import type { Schema } from '../lib/api';
import { acting } from '../lib/session';
import { readTheme, saveTheme, THEMES, type Theme } from './theme';

type Props = { me: Schema['Me']; onLeave: () => void };

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();

/** Who is signed in, light or dark, and the way out. The browser closes the popover by itself. */
export function Account({ me, onLeave }: Props) {
  const t = useT();
  const [theme, setTheme] = useState(readTheme);
  return (
    <div className="ml-auto">
      <button
        type="button"
        popoverTarget="account"
        className="grid size-11 place-items-center rounded-full bg-brand-soft font-bold text-brand"
      >
        <span aria-hidden="true">{initials(me.name)}</span>
        <span className="sr-only">{t('account', { name: me.name })}</span>
      </button>
      <div
        id="account"
        popover="auto"
        className="fixed top-14 right-[max(1rem,calc((100vw-72rem)/2+1rem))] left-auto m-0 w-72 rounded-2xl border border-line bg-surface p-5 text-ink shadow-card"
      >
        <p className="font-bold">{me.name}</p>
        <p className="mb-4 text-sm text-muted">{me.email}</p>
        <label htmlFor="theme" className="text-sm font-semibold">
          {t('theme')}
        </label>
        <select
          id="theme"
          value={theme}
          onChange={(event) => {
            const chosen = event.target.value as Theme;
            saveTheme(chosen);
            setTheme(chosen);
          }}
          className="mb-4 min-h-11 w-full rounded-xl border border-edge bg-surface px-3"
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {t(`theme.${each}`)}
            </option>
          ))}
        </select>
        <PopoverLink to="/account">{t('account.open')}</PopoverLink>
        {(me.role === 'instructor' || me.role === 'learner') && !acting() && (
          <PopoverLink to="/feed">{t('feed')}</PopoverLink>
        )}
        <Button look="secondary" className="w-full" onClick={onLeave}>
          {t('signOut')}
        </Button>
      </div>
    </div>
  );
}

function PopoverLink({ to, children }: { to: '/account' | '/feed'; children: string }) {
  return (
    <Link
      to={to}
      className="mb-2 flex min-h-11 items-center font-semibold text-brand underline underline-offset-4"
      onClick={() => {
        document.getElementById('account')?.hidePopover();
      }}
    >
      {children}
    </Link>
  );
}
