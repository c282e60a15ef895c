import { useId } from 'react';
import { boxLook, Framed } from '../../components/manage/Input';
import { useT } from '../../i18n';
import { complaintAbout } from '../../lib/manage/fields';
import type { Constraint } from './findings';

type Props = {
  item: Constraint;
  /** Whose it is, for screen readers: several look alike on this page. */
  of: string;
  complaints: { pointer: string; message: string }[];
  onChange: (item: Constraint) => void;
};

const number = (text: string, least: number, most: number) =>
  Math.min(most, Math.max(least, Math.round(Number(text)) || least));

/** On or off, the number in its sentence, and the words a learner reads. */
export function RuleEditor({ item, of, complaints, onChange }: Props) {
  const t = useT();
  const id = useId();
  const wrong = complaints.map((complaint) => complaint.message).join(' ');
  const box = (name: 'value' | 'break_minutes', unit: string, most: number, step: number) => (
    <input
      type="number"
      aria-label={`${t(`rules.unit.${unit}`)}, ${of}`}
      aria-invalid={complaintAbout(name, complaints) ? true : undefined}
      aria-describedby={wrong ? id : undefined}
      min={step}
      max={most}
      step={step}
      disabled={!item.enabled}
      value={item[name] ?? step}
      onChange={(event) => {
        onChange({ ...item, [name]: number(event.target.value, 1, most) });
      }}
      className={`${boxLook} mx-1 inline-block w-24! text-center font-bold disabled:opacity-60`}
    />
  );
  const before = t(`rules.before.${item.rule}`);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-1 gap-y-2 text-lg">
        <Switch item={item} of={of} onChange={onChange} />
        <p className={item.enabled ? '' : 'text-muted'}>
          {before} {box('value', item.rule, 10_080, 1)} {t(`rules.after.${item.rule}`)}
          {item.rule === 'break' && (
            <>
              {' '}
              {box('break_minutes', 'pause', 720, 5)} {t('rules.after.pause')}
            </>
          )}
        </p>
      </div>
      {item.enabled && (
        <Framed field={{ label: t('rules.message'), hint: t('rules.message.hint') }}>
          {(props) => (
            <input
              {...props}
              type="text"
              maxLength={200}
              value={item.message ?? ''}
              onChange={(event) => {
                onChange({ ...item, message: event.target.value });
              }}
              className={boxLook}
            />
          )}
        </Framed>
      )}
      {wrong && (
        <p id={id} role="alert" className="text-sm font-semibold text-danger">
          {wrong}
        </p>
      )}
    </div>
  );
}

function Switch({ item, of, onChange }: Omit<Props, 'complaints'>) {
  const t = useT();
  return (
    <label className="mr-3 flex min-h-11 cursor-pointer items-center gap-2">
      <input
        type="checkbox"
        role="switch"
        checked={item.enabled}
        onChange={(event) => {
          onChange({ ...item, enabled: event.target.checked });
        }}
        className="size-6 accent-brand"
      />
      <span className="w-7 text-base font-semibold">{t(item.enabled ? 'rules.on' : 'rules.off')}</span>
      <span className="sr-only">
        {t(`rules.title.${item.rule}`)}, {of}
      </span>
    </label>
  );
}
