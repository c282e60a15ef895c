import type { Option } from './fields';

const known = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz');

let every: Option[] | undefined;
/** Every language with a tag of two letters and a name, by name. */
export const everyLanguage = (): Option[] =>
  (every ??= LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
    .filter((tag) => Intl.getCanonicalLocales(tag)[0] === tag) // "iw" was Hebrew once, and "he" is.
    .map((tag) => ({ value: tag, label: known.of(tag) ?? '' }))
    .filter(({ label }) => label !== '')
    .sort((a, b) => a.label.localeCompare(b.label)));

/** The tag of a name such as "Polish", or of a tag in any case; undefined for any other text. */
export function languageTag(text: string): string | undefined {
  const sought = text.toLowerCase();
  const named = everyLanguage().find(({ label }) => label.toLowerCase() === sought)?.value;
  if (named) return named;
  try {
    const tag = Intl.getCanonicalLocales(text)[0];
    return tag && known.of(tag) ? tag : undefined;
  } catch {
    return undefined; // No tag at all.
  }
}
