import { useId, type ReactNode } from 'react';

type PickProps = {
  label: string;
  value: string;
  options: { id: string; name: string }[];
  onPick: (id: string) => void;
};

const boxLook = 'min-h-11 w-full min-w-0 rounded-xl border border-edge bg-surface px-3';

/** One of many, by name. */
export function Pick({ label, value, options, onPick }: PickProps) {
  return (
    <Labelled label={label}>
      {(id) => (
        <select
          id={id}
          value={value}
          onChange={(event) => {
            onPick(event.target.value);
          }}
          className={boxLook}
        >
          {options.map((option) => (
            <option key={option.id} value={option.id}>
              {option.name}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

type DayPickProps = {
  label: string;
  value: string | undefined;
  min?: string | undefined;
  onPick: (day: string) => void;
};

/** A date; '' where it is cleared. */
export function DayPick({ label, value = '', min, onPick }: DayPickProps) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          type="date"
          min={min}
          value={value}
          onChange={(event) => {
            onPick(event.target.value);
          }}
          className={boxLook}
        />
      )}
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="grid min-w-0 gap-1">
      <label htmlFor={id} className="text-sm font-semibold text-muted">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
