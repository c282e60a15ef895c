import { useT } from '../../i18n';
import { teachesSo, type Teaching, type Wanted } from '../../lib/teaching';
import { Pick } from '../lesson/Pick';
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
        <Pick
          label={t('teaching.language')}
          options={[
            { id: '', name: t('teaching.anyLanguage') },
            ...all(there.map((each) => each.languages))
              .map((tag) => ({ id: tag, name: languageName(tag) }))
              .sort((a, b) => a.name.localeCompare(b.name)),
          ]}
          value={language}
          onPick={(tag) => {
            onWant({ language: tag || undefined });
          }}
        />
      )}
      {differ(areas) && (
        <Pick
          label={t('teaching.area')}
          options={[
            { id: '', name: t('teaching.anyArea') },
            ...all(soSpoken.map((each) => each.areas))
              .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
              .map((name) => ({ id: name, name })),
          ]}
          value={area}
          onPick={(name) => {
            onWant({ area: name || undefined });
          }}
        />
      )}
    </div>
  );
}
