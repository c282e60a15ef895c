import { useId } from 'react';

type PickProps = {
  label: string;
  value: string;
  options: { id: string; name: string }[];
  onPick: (id: string) => void;
};

/** One of many, by name. */
export function Pick({ label, value, options, onPick }: PickProps) {
  const id = useId();
  return (
    <div className="grid min-w-0 gap-1">
      <label htmlFor={id} className="text-sm font-semibold text-muted">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          onPick(event.target.value);
        }}
        className="min-h-11 w-full min-w-0 rounded-xl border border-edge bg-surface px-3"
      >
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  );
}
