import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { buttonLook } from '../../components/Button';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { providersQuery, startOf } from '../../lib/account/providers';

type Props = { next?: string | undefined; problem?: string | undefined };

/** A way in for each provider; nothing where there is none. */
export function ProviderSignIn({ next, problem }: Props) {
  const t = useT();
  const providers = useQuery(providersQuery).data ?? [];
  const [school, setSchool] = useState('');
  if (providers.length === 0) return null;
  return (
    <div className="mt-4 grid gap-3 border-t border-line pt-5">
      {problem === 'school' && (
        <Field
          label={t('signIn.school')}
          hint={t('signIn.school.hint')}
          value={school}
          onChange={(event) => {
            setSchool(event.currentTarget.value.trim());
          }}
          autoCapitalize="none"
        />
      )}
      {providers.map((each) => (
        <a
          key={each.id}
          href={startOf(each, next, school)}
          className={`${buttonLook('secondary')} min-h-12 break-words`}
        >
          {t('provider.signIn', { name: each.name })}
        </a>
      ))}
    </div>
  );
}
