import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { factorIsMissing, renew, signOut } from '../../lib/session';
import { factorsQuery } from './factors';
import { FactorSections } from './FactorSections';

/** The school asks its staff for a second factor: until there is one, there is nothing but this page. */
export function SecondFactorPage() {
  const t = useT();
  const router = useRouter();
  const client = useQueryClient();
  const factors = useQuery(factorsQuery).data;
  const [failure, setFailure] = useState<unknown>();
  const isDone = factors ? factors.totp || factors.passkeys.length > 0 : false;
  const goOn = async () => {
    // The session learns of it with its next token.
    await renew();
    if (factorIsMissing()) {
      setFailure(new Error(t('enrol.not')));
      return;
    }
    await router.navigate({ to: '/' });
  };
  const leave = async () => {
    await signOut();
    client.clear();
    await router.navigate({ to: '/sign-in' });
  };
  return (
    <Page title={t('enrol.title')} narrow>
      <div className="grid gap-6">
        <p className="text-muted">{t(isDone ? 'enrol.done' : 'enrol.lead')}</p>
        {isDone && (
          <div>
            <Button className="min-h-12 text-lg" onClick={() => void goOn()}>
              {t('enrol.go')}
            </Button>
          </div>
        )}
        {failure !== undefined && <Failure error={failure} />}
        <FactorSections zone="UTC" />
        <div>
          <Button look="quiet" onClick={() => void leave()}>
            {t('signOut')}
          </Button>
        </div>
      </div>
    </Page>
  );
}
