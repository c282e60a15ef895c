import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { meQuery } from '../../lib/queries';
import { acting } from '../../lib/session';
import { Documents } from '../../components/documents/Documents';
import { AccountSection } from './AccountSection';
import { EmailSection } from './EmailSection';
import { IdentitiesSection } from './IdentitiesSection';
import { FactorSections } from './FactorSections';
import { PasswordSection } from './PasswordSection';
import { PrivacyPage } from './PrivacyPage';
import { RepresentativesSection } from './RepresentativesSection';
import { SessionsSection } from './SessionsSection';

/** One's own account, in every role; at #data what one may ask about one's data. */
export function AccountPage() {
  // Not of the page that is on its way: this one stays what it is until that one is there.
  const isAboutData = useRouterState({
    select: ({ resolvedLocation: at, location }) => (at ?? location).hash === 'data',
  });
  return isAboutData ? <PrivacyPage /> : <Account />;
}

function Account() {
  const t = useT();
  const me = useQuery(meQuery).data;
  return (
    <Page title={t('mine.title')} narrow>
      <div className="grid gap-6">
        {me && (
          <p className="wrap-anywhere text-muted">
            {me.name}, {me.email}
          </p>
        )}
        {me?.role === 'learner' && me.learner_id && !acting() && (
          <AccountSection title={t('documents.title')} lead={t('documents.lead.mine')}>
            <Documents learner={me.learner_id} zone={me.school.time_zone} />
          </AccountSection>
        )}
        <EmailSection email={me?.email ?? ''} />
        <PasswordSection email={me?.email ?? ''} />
        <IdentitiesSection zone={me?.school.time_zone ?? 'UTC'} />
        <FactorSections zone={me?.school.time_zone ?? 'UTC'} />
        <SessionsSection zone={me?.school.time_zone ?? 'UTC'} />
        <RepresentativesSection zone={me?.school.time_zone ?? 'UTC'} />
        <Link className="font-semibold text-brand underline underline-offset-4" to="/account" hash="data">
          {t('privacy.open')}
        </Link>
      </div>
    </Page>
  );
}
