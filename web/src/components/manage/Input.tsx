import { useId, type ReactNode } from 'react';
import { useT } from '../../i18n';
import { digitsOf, inUnits, UNITS, type FieldSpec, type Money } from '../../lib/manage/fields';
import { Field } from '../Field';
import { Tags } from './Tags';
import { Colour, Words } from './Words';

export const boxLook =
  'min-h-12 w-full rounded-xl border border-edge bg-surface px-3 text-base aria-invalid:border-danger';

type Props = { field: FieldSpec; value: unknown; error: string | undefined };

/** The one control for each kind of field. */
export function Input({ field, value, error }: Props) {
  const hint = field.hint ? { hint: field.hint } : {};
  switch (field.kind) {
    case 'yes':
      return <Check field={field} value={value} error={error} />;
    case 'many':
      return <Many field={field} options={field.options} none={field.none} value={value as string[]} />;
    case 'tags':
      return <Tags field={field} value={(value ?? []) as string[]} error={error} />;
    case 'choice':
      return (
        <Framed field={field} error={error}>
          {(props) => (
            <select {...props} name={field.name} defaultValue={(value ?? '') as string} className={boxLook}>
              {field.options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </select>
          )}
        </Framed>
      );
    case 'words':
      return <Words field={field} value={(value ?? '') as string} error={error} />;
    case 'paragraphs':
      return (
        <Framed field={field} error={error}>
          {(props) => (
            <textarea
              {...props}
              name={field.name}
              rows={5}
              maxLength={field.maxLength}
              defaultValue={(value ?? '') as string}
              className={`${boxLook} py-2`}
            />
          )}
        </Framed>
      );
    case 'colour':
      return <Colour field={field} value={(value ?? '') as string} error={error} />;
    case 'duration':
      return <Length field={field} value={value as number} error={error} max={field.max} />;
    case 'number': {
      const { name, label, unit, min, max, step } = field;
      return (
        <Field
          {...{ name, error, min, max, step, ...hint }}
          label={`${label} (${unit})`}
          type="number"
          required
          defaultValue={value as number}
        />
      );
    }
    case 'money': {
      const digits = digitsOf(field.currency);
      return (
        <Field
          {...{ name: field.name, error, ...hint }}
          label={`${field.label} (${field.currency})`}
          type="number"
          inputMode="decimal"
          required
          min={0}
          step={10 ** -digits}
          defaultValue={((value as Money).amount_minor / 10 ** digits).toFixed(digits)}
        />
      );
    }
    default:
      return (
        <Field
          {...{ name: field.name, label: field.label, error, ...hint }}
          type={field.kind === 'moment' ? 'datetime-local' : field.kind}
          required={!field.optional}
          maxLength={field.maxLength ?? 200}
          {...(field.min ? { min: field.min } : {})}
          autoComplete="off"
          defaultValue={(value ?? '') as string}
        />
      );
  }
}

type Described = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true };

/** Label, hint and mistake around a control that is no plain input. */
export function Framed({
  field,
  error,
  children,
}: {
  field: { label: string; hint?: string };
  error?: string | undefined;
  children: (props: Described) => ReactNode;
}) {
  const id = useId();
  const described = [field.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="grid content-start gap-1.5">
      <label htmlFor={id} className="font-semibold">
        {field.label}
      </label>
      {field.hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {field.hint}
        </p>
      )}
      {children({
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm font-semibold text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

function Length({ field, value, error, max }: Props & { value: number; max: number }) {
  const t = useT();
  const { amount, unit } = inUnits(value);
  return (
    <Framed field={field} error={error}>
      {(props) => (
        <span className="flex gap-2">
          <input
            {...props}
            name={field.name}
            type="number"
            required
            min={0}
            max={max}
            step="any"
            defaultValue={amount}
            className={boxLook}
          />
          <select
            name={`${field.name}.unit`}
            aria-label={t('span.unit', { field: field.label })}
            defaultValue={unit}
            className={`${boxLook} max-w-28`}
          >
            {Object.keys(UNITS).map((each) => (
              <option key={each} value={each}>
                {t(`unit.${each}`)}
              </option>
            ))}
          </select>
        </span>
      )}
    </Framed>
  );
}

const checkLook = 'size-5 shrink-0 accent-brand';

function Check({ field, value, error }: Props) {
  return (
    <div>
      <label className="flex min-h-11 cursor-pointer items-center gap-3 font-semibold">
        <input
          type="checkbox"
          name={field.name}
          defaultChecked={value === true}
          aria-invalid={error ? true : undefined}
          className={checkLook}
        />
        <span>
          {field.label}
          {field.hint && <span className="block text-sm font-normal text-muted">{field.hint}</span>}
        </span>
      </label>
      {error && (
        <p role="alert" className="text-sm font-semibold text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

type ManyProps = {
  field: FieldSpec;
  options: { value: string; label: string }[];
  none: string;
  value: string[];
};

function Many({ field, options, none, value }: ManyProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="font-semibold">{field.label}</legend>
      {field.hint && <p className="text-sm text-muted">{field.hint}</p>}
      {options.length === 0 && <p className="text-muted">{none}</p>}
      <div className="grid sm:grid-cols-2">
        {options.map((option) => (
          <label key={option.value} className="flex min-h-11 cursor-pointer items-center gap-3">
            <input
              type="checkbox"
              name={field.name}
              value={option.value}
              defaultChecked={value.includes(option.value)}
              className={checkLook}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
