import { buttonLook } from '../../components/Button';
import { Page } from '../../components/Page';
import { useT } from '../../i18n';
import type { Lesson } from './guest';
import { LessonCard } from './LessonCard';

/** What was booked, and what happens next. */
export function GuestBooked({ lesson, email, school }: { lesson: Lesson; email: string; school: string }) {
  const t = useT();
  const isRequest = lesson.status === 'requested';
  return (
    <Page narrow title={t(isRequest ? 'booked.requested' : 'booked.title')}>
      <LessonCard lesson={lesson}>
        <div role="status" className="grid gap-2">
          {isRequest && <p>{t('booked.requested.next')}</p>}
          <p className="wrap-anywhere">{t('guest.next', { email })}</p>
        </div>
      </LessonCard>
      <div className="mt-6">
        <a className={buttonLook('quiet')} href={`/guest?school=${encodeURIComponent(school)}`}>
          {t('booked.another')}
        </a>
      </div>
    </Page>
  );
}
