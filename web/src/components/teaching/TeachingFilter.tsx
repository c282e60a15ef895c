import { useId } from 'react';
import { useT } from '../../i18n';
import { teachesSo, type Teaching, type Wanted } from '../../lib/teaching';
import { languageName } from './languages';

type Choices = { [name in keyof Wanted]: string | undefined };
type Props = { instructors: Teaching[]; wanted: Wanted; onWant: (change: Choices) => void };

const all = (lists: (string[] | undefined)[]) => [...new Set(lists.flatMap((list) => list ?? []))];
/** Whether it makes a difference who teaches. */
const differ = (lists: (string[] | undefined)[]) =>
  all(lists).some((each) => lists.some((list) => !list?.includes(each)));

/** In which language and where: shown where the instructors differ in it, and never what nobody teaches. */
export function TeachingFilter({ instructors, wanted, onWant }: Props) {
  const t = useT();
  const { language = '', area = '' } = wanted;
  const languages = instructors.map((each) => each.languages);
  const areas = instructors.map((each) => each.areas);
  const there = instructors.filter((each) => teachesSo(each, { area }));
  const soSpoken = instructors.filter((each) => teachesSo(each, { language }));
  if (!differ(languages) && !differ(areas)) return null;
  return (
    <div className="grid grid-cols-2 gap-2 sm:max-w-md">
      {differ(languages) && (
        <Select
          label={t('teaching.language')}
          any={t('teaching.anyLanguage')}
          options={all(there.map((each) => each.languages))
            .map((tag) => ({ value: tag, label: languageName(tag) }))
            .sort((a, b) => a.label.localeCompare(b.label))}
          selected={language}
          onSelect={(tag) => {
            onWant({ language: tag || undefined });
          }}
        />
      )}
      {differ(areas) && (
        <Select
          label={t('teaching.area')}
          any={t('teaching.anyArea')}
          options={all(soSpoken.map((each) => each.areas))
            .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
            .map((name) => ({ value: name, label: name }))}
          selected={area}
          onSelect={(name) => {
            onWant({ area: name || undefined });
          }}
        />
      )}
    </div>
  );
}

type SelectProps = {
  label: string;
  any: string;
  options: { value: string; label: string }[];
  selected: string;
  onSelect: (value: string) => void;
};

function Select({ label, any, options, selected, onSelect }: SelectProps) {
  const id = useId();
  return (
    <div className="grid min-w-0 content-start gap-1">
      <label htmlFor={id} className="text-sm font-semibold text-muted">
        {label}
      </label>
      <select
        id={id}
        value={selected}
        onChange={(event) => {
          onSelect(event.target.value);
        }}
        className="min-h-11 w-full min-w-0 truncate rounded-xl border border-edge bg-surface px-3"
      >
        <option value="">{any}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
