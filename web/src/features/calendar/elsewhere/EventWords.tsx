import { useId, useState } from 'react';
import { Dialog } from '../../../components/Dialog';
import { Failure } from '../../../components/Failure';
import { useT } from '../../../i18n';
import { notify } from '../../../lib/notice';
import { DialogEnd } from './DialogEnd';
import { useChangeConnection, type Connection } from './elsewhere';

const DETAILS = ['busy', 'lesson', 'learner'] as const;

type Props = { connection: Connection; onClose: () => void };

/** What others can read of lessons in the calendar, and whether what is only perhaps there takes time. */
export function EventWords({ connection, onClose }: Props) {
  const t = useT();
  const id = useId();
  const change = useChangeConnection();
  const [detail, setDetail] = useState(connection.detail);
  const [tentative, setTentative] = useState(connection.tentative);
  return (
    <Dialog title={t('calendars.words')} onClose={onClose} wide>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        <p className="text-muted">{t('calendars.words.lead')}</p>
        <fieldset className="grid min-w-0 gap-2">
          <legend className="sr-only">{t('calendars.words')}</legend>
          {DETAILS.map((value) => (
            <label
              key={value}
              className="flex cursor-pointer items-start gap-3 rounded-xl border border-line p-3 has-checked:border-brand has-checked:bg-brand-soft"
            >
              <input
                type="radio"
                name="detail"
                className="mt-0.5 size-5 shrink-0 accent-brand"
                checked={detail === value}
                onChange={() => {
                  setDetail(value);
                }}
              />
              <span className="min-w-0">
                <span className="block font-semibold">{t(`calendars.detail.${value}`)}</span>{' '}
                <span className="block text-sm text-muted">
                  {t('calendars.example', { words: t(`calendars.detail.${value}.example`) })}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        <div>
          <label className="flex min-h-11 cursor-pointer items-center gap-3 font-semibold">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-brand"
              checked={tentative}
              aria-describedby={id}
              onChange={(event) => {
                setTentative(event.target.checked);
              }}
            />
            {t('calendars.tentative')}
          </label>
          <p id={id} className="text-sm text-muted">
            {t('calendars.tentative.hint')}
          </p>
        </div>
        {change.isError && <Failure key={change.submittedAt} error={change.error} />}
        <DialogEnd
          label={t('calendars.save')}
          busy={change.isPending}
          disabled={detail === connection.detail && tentative === connection.tentative}
          onClose={onClose}
          onGo={() => {
            change.mutate(
              { connection, to: { detail, tentative } },
              {
                onSuccess: () => {
                  notify({ text: t('calendars.saved') });
                  onClose();
                },
              },
            );
          }}
        />
      </div>
    </Dialog>
  );
}
