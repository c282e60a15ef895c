/** In the school's own words; what is long is scrolled, also with the keyboard. */
export function PolicyText({ name, text }: { name: string; text: string }) {
  return (
    <div
      role="region"
      aria-label={name}
      // A region that scrolls must be reached without a mouse (WCAG 2.1.1).
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-h-72 overflow-y-auto rounded-xl border border-line bg-sunken p-3 wrap-anywhere whitespace-pre-line"
    >
      {text}
    </div>
  );
}
