import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { Button } from '../Button';

type Entry = { label: string; onSelect: () => void };
type Props = { label: string; of: string; entries: Entry[] };

const WIDTH = 256;

/** What is rarely done with a row (ARIA Authoring Practices, menu button). In the top layer, since rows cut off. */
export function MoreMenu({ label, of, entries }: Props) {
  const [at, setAt] = useState<{ top: number; left: number }>();
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const open = () => {
    const box = button.current?.getBoundingClientRect();
    if (!box) return;
    const left = Math.max(8, Math.min(box.right, document.documentElement.clientWidth - 8) - WIDTH);
    setAt({ top: box.bottom + globalThis.scrollY + 4, left: left + globalThis.scrollX });
  };
  const close = () => {
    setAt(undefined);
    button.current?.focus();
  };
  return (
    <>
      <Button
        ref={button}
        look="quiet"
        className="px-3 max-sm:px-2.5"
        aria-haspopup="menu"
        aria-expanded={at !== undefined}
        aria-controls={at && id}
        onClick={at ? close : open}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          open();
        }}
      >
        {label} <span className="sr-only">{of}</span>
      </Button>
      {at && (
        <div
          ref={shown}
          id={id}
          role="menu"
          tabIndex={-1}
          aria-label={`${label} ${of}`}
          popover="manual"
          style={{ ...at, width: WIDTH }}
          className="absolute inset-auto m-0 grid rounded-2xl border border-line bg-surface p-2 text-ink shadow-card"
          onKeyDown={(event) => {
            moveFocus(event, close);
          }}
          onBlur={({ currentTarget, relatedTarget }) => {
            if (!currentTarget.contains(relatedTarget) && relatedTarget !== button.current) setAt(undefined);
          }}
        >
          {entries.map((entry) => (
            <button
              key={entry.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="min-h-11 rounded-lg px-3 text-left font-semibold hover:bg-sunken focus-visible:bg-sunken"
              onClick={() => {
                close();
                entry.onSelect();
              }}
            >
              {entry.label}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

const shown = (menu: HTMLDivElement | null) => {
  menu?.showPopover();
  menu?.querySelector('button')?.focus();
};

function moveFocus(event: KeyboardEvent<HTMLDivElement>, close: () => void) {
  if (event.key === 'Tab') {
    close();
    return;
  }
  const items = [...event.currentTarget.querySelectorAll('button')];
  const here = items.indexOf(document.activeElement as HTMLButtonElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === 'Escape') close();
  else if (next !== undefined) items.at(next % items.length)?.focus();
  else return;
  event.preventDefault();
}
