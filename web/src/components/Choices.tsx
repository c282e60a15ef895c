import type { ReactNode } from 'react';
import { intoSight } from './intoSight';

export type Choice = { value: string; label: ReactNode; hint?: ReactNode };

type Props = {
  legend: string;
  name: string;
  choices: Choice[];
  selected: string | undefined;
  onSelect: (value: string) => void;
  shape: 'card' | 'chip';
  /** Where the choices say it themselves. */
  hideLegend?: boolean;
};

const chosen =
  'has-checked:border-brand has-checked:bg-brand-soft has-checked:text-brand has-checked:shadow-[inset_0_0_0_1px_var(--color-brand)] has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand';
const shapes = {
  card: 'rounded-2xl px-4 py-3 sm:p-4',
  chip: 'min-h-11 rounded-full px-4 py-2',
};

const rows = {
  card: 'sm:grid sm:grid-cols-[repeat(auto-fit,minmax(12rem,1fr))]',
  chip: 'sm:flex-wrap',
};

/** One of a few: native radio buttons, so that arrow keys and screen readers know what to do. */
export function Choices({ legend, name, choices, selected, onSelect, shape, hideLegend }: Props) {
  return (
    <fieldset className="min-w-0">
      <legend className={hideLegend ? 'sr-only' : 'text-sm font-semibold text-muted max-sm:sr-only sm:mb-2'}>
        {legend}
      </legend>
      <div className={`relative swipe-row ${rows[shape]}`}>
        {choices.map((choice) => (
          <label
            key={choice.value}
            ref={choice.value === selected ? intoSight : null}
            className={`relative flex shrink-0 cursor-pointer flex-col justify-center border border-line bg-surface transition-colors hover:border-brand ${chosen} ${shapes[shape]}`}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === selected}
              onChange={() => {
                onSelect(choice.value);
              }}
              className="absolute inset-0 cursor-pointer opacity-0"
            />
            <span className="font-semibold max-sm:whitespace-nowrap">{choice.label}</span>
            {choice.hint && <span className="text-sm text-muted">{choice.hint}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
