import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Failure } from '../../components/Failure';
import { NotFound } from '../../components/NotFound';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import { learnersQuery, meQuery } from '../../lib/queries';
import { Documents } from '../../components/documents/Documents';

/** For the school: the papers of one learner. */
export function DocumentsPage() {
  const t = useT();
  const { id } = useParams({ from: '/in/learners/$id/documents' });
  const me = useQuery(meQuery).data;
  const learners = useQuery(learnersQuery);
  const learner = learners.data?.find((each) => each.id === id);
  if (learners.data && !learner) return <NotFound />;
  return (
    <Page title={t('documents.of', { name: learner?.name ?? '' })} narrow busy={!learner}>
      <p className="-mt-1 mb-4 text-muted lg:-mt-5">
        {t('documents.lead.school')}{' '}
        {(me?.role === 'admin' || me?.role === 'office') && (
          <Link to="/manage/learners" className="inline-block py-2 font-semibold text-brand underline">
            {t('documents.back')}
          </Link>
        )}
      </p>
      {learners.isError && <Failure error={learners.error} onRetry={() => void learners.refetch()} />}
      {me && learner && (
        <>
          <h2 className="sr-only">{t('documents.title')}</h2>
          <Documents learner={id} zone={me.school.time_zone} />
        </>
      )}
    </Page>
  );
}
