import { useT } from '../i18n';
import type { Slot } from '../lib/queries';
import { partsOfDay } from '../lib/slots';
import { clock } from '../lib/time';

type Props = {
  slots: Slot[];
  zone: string;
  selected: string | undefined;
  onSelect: (start: string) => void;
};

export function SlotList({ slots, zone, selected, onSelect }: Props) {
  const t = useT();
  return (
    <div className="grid gap-3 sm:gap-5">
      {partsOfDay(slots, zone).map((part) => (
        <fieldset key={part.name} className="min-w-0">
          <legend className="mb-1.5 text-sm font-semibold text-muted sm:mb-2">
            {t(`part.${part.name}`)}
          </legend>
          <div className="grid grid-cols-[repeat(auto-fill,minmax(5.25rem,1fr))] gap-2">
            {part.slots.map((slot) => (
              <label
                key={slot.start}
                className="relative flex min-h-12 cursor-pointer flex-col items-center justify-center rounded-xl border border-line bg-surface px-2 font-semibold tabular-nums transition-colors hover:border-brand hover:text-brand has-checked:border-brand has-checked:bg-brand has-checked:text-on-brand has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
              >
                <input
                  type="radio"
                  name="slot"
                  value={slot.start}
                  checked={slot.start === selected}
                  onChange={() => {
                    onSelect(slot.start);
                  }}
                  className="absolute inset-0 cursor-pointer opacity-0"
                />
                {clock(slot.start, zone)}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}
