import type { FieldGroup } from '../../components/manage/Form';
import { languageName } from '../../components/teaching/languages';
import { useT } from '../../i18n';
import { everyLanguage, languageTag } from '../../lib/manage/languages';
import type { Kind } from './PeoplePage';

/** What is asked of somebody. `areas` are those that others have: the same words for the same part of town. */
export function useGroups(kind: Kind, isOff: boolean, areas: string[]): FieldGroup[] {
  const t = useT();
  const roles = (['office', 'admin'] as const).map((value) => ({ value, label: t(`role.${value}`) }));
  return [
    {
      fields: [
        { kind: 'text', name: 'name', label: t('field.name') },
        {
          kind: 'email',
          name: 'email',
          label: t('people.email'),
          maxLength: 254,
        },
        kind === 'team'
          ? {
              kind: 'choice',
              name: 'role',
              label: t('people.role'),
              hint: t('people.role.hint'),
              options: roles,
            }
          : { kind: 'tel', name: 'phone', label: t('people.phone'), optional: true, maxLength: 40 },
        ...(kind === 'learners'
          ? [
              {
                kind: 'date' as const,
                name: 'birth_date',
                label: t('people.born'),
                hint: t('people.born.hint'),
                optional: true,
              },
            ]
          : []),
        ...(kind === 'instructors'
          ? [
              {
                kind: 'tags' as const,
                name: 'languages',
                label: t('people.languages'),
                hint: t('people.languages.hint'),
                options: everyLanguage(),
                tagOf: languageTag,
                labelOf: languageName,
                most: 20,
                maxLength: 60,
                wide: true,
              },
              {
                kind: 'tags' as const,
                name: 'areas',
                label: t('people.areas'),
                hint: t('people.areas.hint'),
                options: areas.map((area) => ({ value: area, label: area })),
                most: 50,
                maxLength: 60,
                wide: true,
              },
            ]
          : []),
        // Switched off with a look at the lessons ahead, never in passing.
        ...(isOff ? [{ kind: 'yes' as const, name: 'active', label: t('people.active') }] : []),
      ],
    },
  ];
}
