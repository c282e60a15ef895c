/** What a school may use in its own words; the server fills them in (docs/openapi.yaml, NoticeTexts). */
export const PLACEHOLDERS = [
  'learner',
  'instructor',
  'lesson',
  'when',
  'vehicle',
  'pickup',
  'school',
] as const;

const isKnown = (name: string) => (PLACEHOLDERS as readonly string[]).includes(name);

/** The first brace that stands for nothing, as the server sees it. */
export function unknownPlaceholder(text: string): string | undefined {
  for (const [whole, name] of text.matchAll(/\{([^}]*)\}|[{}].{0,19}/gs))
    if (name === undefined || !isKnown(name)) return whole;
  return undefined;
}

export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
