import { useId, useState } from 'react';
import { Failure } from '../Failure';
import { Field } from '../Field';
import { Submit } from '../manage/Form';
import { boxLook, Framed } from '../manage/Input';
import { useT } from '../../i18n';
import { newKey } from '../../lib/ids';
import { notify } from '../../lib/notice';
import { ACCEPTED, complaintOf, KINDS, useUpload, type Document } from './documents';

type Props = { learner: string; today: string };

/** A photo or a PDF: what it is, until when it is good. After each one the form is empty again. */
export function AddDocument(props: Props) {
  const [turn, setTurn] = useState(0);
  return (
    <Upload
      key={turn}
      {...props}
      onDone={() => {
        setTurn(turn + 1);
      }}
    />
  );
}

function Upload({ learner, today, onDone }: Props & { onDone: () => void }) {
  const t = useT();
  const title = useId();
  const [file, setFile] = useState<File>();
  const [kind, setKind] = useState<Document['kind']>('permit');
  const [validUntil, setValidUntil] = useState('');
  const [key, setKey] = useState(newKey);
  const [isMissing, setMissing] = useState(false);
  const upload = useUpload(learner);
  /** Something else than what was sent is another wish. */
  const changed = () => {
    setKey(newKey());
    upload.reset();
  };
  const wrong = file ? complaintOf(file) : isMissing ? 'missing' : undefined;
  return (
    <form
      aria-labelledby={title}
      className="grid gap-4 rounded-2xl border border-line p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!file) setMissing(true);
        if (!file || complaintOf(file)) return;
        upload.mutate(
          { file, kind, validUntil, key },
          {
            onSuccess: () => {
              notify({ text: t('documents.added') });
              onDone();
            },
            onError: (problem) => {
              if (!problem.isTransient) setKey(newKey());
            },
          },
        );
      }}
    >
      <h3 id={title} className="text-lg font-bold tracking-tight">
        {t('documents.add.title')}
      </h3>
      {upload.isError && <Failure error={upload.error} takesFocus />}
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Framed field={{ label: t('documents.kind') }}>
          {(described) => (
            <select
              {...described}
              className={boxLook}
              value={kind}
              onChange={(event) => {
                setKind(event.target.value as Document['kind']);
                changed();
              }}
            >
              {KINDS.map((each) => (
                <option key={each} value={each}>
                  {t(`documents.kind.${each}`)}
                </option>
              ))}
            </select>
          )}
        </Framed>
        <Field
          type="date"
          min={today}
          label={t('documents.validUntil')}
          value={validUntil}
          onChange={(event) => {
            setValidUntil(event.target.value);
            changed();
          }}
        />
      </div>
      <Field
        type="file"
        accept={ACCEPTED}
        label={t('documents.file')}
        hint={t('documents.file.hint')}
        error={wrong && t(`documents.wrong.${wrong}`)}
        onChange={(event) => {
          setFile(event.target.files?.[0]);
          setMissing(false);
          changed();
        }}
      />
      <Submit busy={upload.isPending} label={t('documents.add')} />
    </form>
  );
}
