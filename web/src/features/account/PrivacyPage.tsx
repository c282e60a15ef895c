import { useQuery } from '@tanstack/react-query';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { meQuery } from '../../lib/queries';
import { ConsentsSection } from './ConsentsSection';
import { ExportSection } from './ExportSection';
import { EraseSection } from './EraseSection';
import { RequestsSection } from './RequestsSection';

/** What people may ask about their own data. */
export function PrivacyPage() {
  const t = useT();
  const me = useQuery(meQuery).data;
  return (
    <Page title={t('privacy.title')} narrow>
      {me && (
        <div className="grid gap-6">
          <ConsentsSection zone={me.school.time_zone} />
          <ExportSection email={me.email} />
          <RequestsSection zone={me.school.time_zone} />
          <EraseSection me={me} />
        </div>
      )}
    </Page>
  );
}
