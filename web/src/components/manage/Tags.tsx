import { useId, useRef, useState } from 'react';
import { useT } from '../../i18n';
import type { FieldSpec } from '../../lib/manage/fields';
import { Button } from '../Button';
import { Framed, boxLook } from './Input';

type TagsField = Extract<FieldSpec, { kind: 'tags' }>;
type Props = { field: TagsField; value: string[]; error: string | undefined };

/** Any number of short texts. What is typed and not added yet is added with leaving the field, so nothing is lost. */
export function Tags({ field, value, error }: Props) {
  const t = useT();
  const options = useId();
  const input = useRef<HTMLInputElement>(null);
  const [tags, setTags] = useState(value);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string>();
  const labelOf = field.labelOf ?? ((tag: string) => tag);

  const add = () => {
    const text = typed.trim();
    if (!text) return;
    const tag = field.tagOf ? field.tagOf(text) : text;
    if (tag === undefined) {
      setWrong(t('tags.unknown', { text }));
      return;
    }
    const isThere = tags.some((each) => each.toLowerCase() === tag.toLowerCase());
    if (!isThere) setTags([...tags, tag]);
    setTyped('');
    setWrong(undefined);
  };
  const isFull = tags.length >= field.most;
  return (
    <div className="grid gap-2">
      <Framed field={field} error={wrong ?? error}>
        {(props) => (
          <span className="flex gap-2">
            <input
              {...props}
              ref={input}
              value={typed}
              maxLength={field.maxLength}
              disabled={isFull}
              list={field.options.length > 0 ? options : undefined}
              autoComplete="off"
              onChange={(event) => {
                setTyped(event.target.value);
                setWrong(undefined);
              }}
              onBlur={add}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault(); // The form is not sent while something is being typed here.
                add();
              }}
              className={boxLook}
            />
            <Button look="secondary" disabled={isFull} onClick={add}>
              {t('tags.add')} <span className="sr-only">{field.label}</span>
            </Button>
          </span>
        )}
      </Framed>
      {field.options.length > 0 && (
        <datalist id={options}>
          {field.options.map((option) => (
            <option key={option.value} value={option.label} />
          ))}
        </datalist>
      )}
      <ul aria-label={field.label} className="flex flex-wrap gap-2 empty:hidden">
        {tags.map((tag) => (
          <li
            key={tag}
            className="flex min-w-0 items-center rounded-full border border-line bg-surface pl-4 break-words"
          >
            <input type="hidden" name={field.name} value={tag} />
            <span className="min-w-0">{labelOf(tag)}</span>
            <button
              type="button"
              aria-label={t('tags.remove', { tag: labelOf(tag) })}
              className="size-11 shrink-0 cursor-pointer rounded-full text-lg text-muted hover:text-danger"
              onClick={() => {
                setTags(tags.filter((each) => each !== tag));
                input.current?.focus();
              }}
            >
              <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
