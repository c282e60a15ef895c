import type { ReactNode } from 'react';
import { useT } from '../../i18n';
import { complaintAbout, readForm, type FieldSpec, type Values } from '../../lib/manage/fields';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { Alert } from '../Alert';
import { Button } from '../Button';
import { Failure } from '../Failure';
import { Input } from './Input';

export type FieldGroup = { legend?: string; hint?: string; fields: FieldSpec[] };

type Props = {
  groups: FieldGroup[];
  initial: Values;
  problem: Problem | null;
  busy: boolean;
  submit: string;
  onSubmit: (values: Values) => void;
  onCancel?: () => void;
  children?: ReactNode;
};

/** Every form of the office: fields by group, mistakes above and at their fields, nothing sent without a network. */
export function Form({ groups, initial, problem, busy, submit, onSubmit, onCancel, children }: Props) {
  const fields = groups.flatMap((group) => group.fields);
  return (
    <form
      className="grid gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(readForm(new FormData(event.currentTarget), fields));
      }}
    >
      {problem && <Mistakes problem={problem} />}
      {groups.map((group) => (
        <fieldset key={group.legend ?? ''} className="min-w-0">
          {group.legend && <legend className="mb-1 text-lg font-bold tracking-tight">{group.legend}</legend>}
          {group.hint && <p className="mb-3 text-sm text-muted">{group.hint}</p>}
          <div className="grid items-start gap-4 sm:grid-cols-2">
            {group.fields.map((field) => (
              <div key={field.name} className={field.wide ? 'sm:col-span-2' : ''}>
                <Input
                  field={field}
                  value={initial[field.name]}
                  error={complaintAbout(field.name, problem?.fields ?? [])}
                />
              </div>
            ))}
          </div>
        </fieldset>
      ))}
      {children}
      <Submit busy={busy} label={submit} {...(onCancel ? { onCancel } : {})} />
    </form>
  );
}

function Mistakes({ problem }: { problem: Problem }) {
  const t = useT();
  if (problem.fields.length === 0) return <Failure error={problem} takesFocus />;
  return (
    <Alert title={t('form.mistakes', { count: problem.fields.length })} takesFocus>
      <ul className="list-disc pl-5">
        {problem.fields.map((field) => (
          <li key={field.pointer}>{field.message}</li>
        ))}
      </ul>
    </Alert>
  );
}

type SubmitProps = {
  busy: boolean;
  label: string;
  onCancel?: () => void;
  look?: 'primary' | 'danger';
  onClick?: () => void;
  disabled?: boolean;
  /** For a way out that saves nothing. */
  works?: 'online' | 'offline';
};

/** The way out and the way on, in this order everywhere; without a network only the way out. */
export function Submit(props: SubmitProps) {
  const { busy, label, onCancel, look = 'primary', onClick, disabled = false, works = 'online' } = props;
  const t = useT();
  const isOnline = useOnline() || works === 'offline';
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {!isOnline && <p className="grow text-sm font-semibold text-warn">{t('offline.noSaving')}</p>}
      {onCancel && (
        <Button look="quiet" onClick={onCancel}>
          {t('dialog.cancel')}
        </Button>
      )}
      <Button
        look={look}
        type={onClick ? 'button' : 'submit'}
        busy={busy}
        disabled={!isOnline || disabled}
        {...(onClick ? { onClick } : {})}
      >
        {label}
      </Button>
    </div>
  );
}
