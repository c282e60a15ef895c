import { useRef, useState } from 'react';
import { useT } from '../../i18n';
import { contrastOnWhite, READABLE } from '../../lib/manage/contrast';
import type { FieldSpec } from '../../lib/manage/fields';
import { filled, PLACEHOLDERS, unknownPlaceholder } from '../../lib/manage/placeholders';
import { boxLook, Framed } from './Input';

type Props = { field: FieldSpec; value: string; error: string | undefined };

/** The school's own words in a mail, with what stands for names and times, and how it will read. */
export function Words({ field, value, error }: Props) {
  const t = useT();
  const [text, setText] = useState(value);
  const box = useRef<HTMLTextAreaElement>(null);
  const unknown = unknownPlaceholder(text);
  const example = Object.fromEntries(PLACEHOLDERS.map((name) => [name, t(`words.example.${name}`)]));
  const insert = (name: string) => {
    const { selectionStart: from = text.length, selectionEnd: to = from } = box.current ?? {};
    setText(`${text.slice(0, from)}{${name}}${text.slice(to)}`);
    box.current?.focus();
  };
  return (
    <div className="grid gap-1.5">
      <Framed field={field} error={unknown ? t('words.unknown', { unknown }) : error}>
        {(props) => (
          <textarea
            {...props}
            ref={box}
            name={field.name}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
            rows={2}
            maxLength={1000}
            className={`${boxLook} py-2.5`}
          />
        )}
      </Framed>
      <div
        role="group"
        aria-label={t('words.insert', { field: field.label })}
        className="flex flex-wrap gap-1.5"
      >
        {PLACEHOLDERS.map((name) => (
          <button
            key={name}
            type="button"
            className="min-h-8 rounded-full border border-edge px-2.5 text-sm font-semibold text-brand hover:bg-brand-soft"
            onClick={() => {
              insert(name);
            }}
          >
            {t(`words.${name}`)}
          </button>
        ))}
      </div>
      {text.trim() !== '' && !unknown && (
        <p className="rounded-xl bg-brand-soft px-3 py-2 text-sm whitespace-pre-line">
          {filled(text, example)}
        </p>
      )}
    </div>
  );
}

/** A colour by picking it or by its name of six digits, with whether it can be read on white. */
export function Colour({ field, value, error }: Props) {
  const t = useT();
  const [colour, setColour] = useState(value);
  const contrast = contrastOnWhite(colour);
  const complaint =
    colour === ''
      ? undefined
      : contrast === undefined
        ? t('colour.none')
        : contrast < READABLE
          ? t('colour.pale', { contrast: contrast.toFixed(1) })
          : undefined;
  return (
    <div className="grid gap-1.5">
      <Framed field={field} error={complaint ?? error}>
        {(props) => (
          <span className="flex gap-2">
            <input
              type="color"
              aria-label={t('colour.pick')}
              value={contrast === undefined ? '#0b5f47' : colour}
              onChange={(event) => {
                setColour(event.target.value);
              }}
              className="min-h-12 w-14 shrink-0 rounded-xl border border-edge bg-surface p-1"
            />
            <input
              {...props}
              name={field.name}
              value={colour}
              placeholder="#0b5f47"
              maxLength={7}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setColour(event.target.value.trim().toLowerCase());
              }}
              className={boxLook}
            />
          </span>
        )}
      </Framed>
      {colour !== '' && !complaint && (
        <p className="rounded-xl bg-white px-3 py-2 text-sm font-semibold" style={{ color: colour }}>
          {t('colour.example')}
        </p>
      )}
    </div>
  );
}
