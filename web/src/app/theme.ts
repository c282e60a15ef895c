// Read again by the inline script of index.html, before the first paint.
const KEY = 'roadbook.theme';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function readTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

export function saveTheme(theme: Theme) {
  document.documentElement.style.colorScheme = theme === 'system' ? '' : theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden: the theme then holds until the page is closed.
  }
}
