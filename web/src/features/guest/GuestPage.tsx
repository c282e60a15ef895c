import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Alert } from '../../components/Alert';
import { Button, buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { Page } from '../../components/Page';
import { Refused } from '../../components/Refused';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { newKey } from '../../lib/ids';
import type { Problem } from '../../lib/problem';
import { hold, release, schoolQuery, type Hold, type Lesson, type Wish } from './guest';
import { GuestBooked } from './GuestBooked';
import { GuestChoose } from './GuestChoose';
import { GuestForm } from './GuestForm';

/** /guest?school=<slug>: a lesson without an account. */
export function GuestPage() {
  const t = useT();
  const [slug, setSlug] = useState(() => new URLSearchParams(location.search).get('school') ?? '');
  const school = useQuery({ ...schoolQuery(slug), enabled: slug !== '', retry: false });
  const isUnknown = school.error && 'status' in school.error && school.error.status === 404;
  if (slug === '' || isUnknown)
    return (
      <Page narrow title={t('guest.title')}>
        <SchoolForm wrong={isUnknown ? t('guest.school.wrong') : undefined} onSchool={setSlug} />
      </Page>
    );
  if (!school.data)
    return (
      <Page title={t('guest.title')} busy={school.isPending}>
        {school.isError ? (
          <Failure error={school.error} onRetry={() => void school.refetch()} />
        ) : (
          <Skeleton className="h-96 rounded-3xl" />
        )}
      </Page>
    );
  if (!school.data.guests)
    return (
      <Page narrow title={t('guest.title')}>
        <Alert tone="warn" title={t('guest.closed')}>
          <p>{t('guest.closed.next')}</p>
          <div>
            <Link to="/sign-in" className={buttonLook('secondary')}>
              {t('guest.signIn')}
            </Link>
          </div>
        </Alert>
      </Page>
    );
  return <Guest school={school.data} />;
}

function SchoolForm({ wrong, onSchool }: { wrong: string | undefined; onSchool: (slug: string) => void }) {
  const t = useT();
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSchool(textOf(new FormData(event.currentTarget), 'school').trim());
      }}
    >
      <Field
        name="school"
        label={t('signIn.school')}
        hint={t('guest.school.hint')}
        required
        autoCapitalize="none"
        error={wrong}
      />
      <div>
        <Button type="submit">{t('guest.school.go')}</Button>
      </div>
    </form>
  );
}

/** What is kept, for how long on this device's clock, and whether it was kept longer already. */
export type Kept = { hold: Hold; wish: Wish; until: number; isExtended: boolean };
export const HOLD_MS = 5 * 60_000;

function Guest({ school }: { school: Schema['PublicSchool'] }) {
  const t = useT();
  const [kept, setKept] = useState<Kept>();
  const [lesson, setLesson] = useState<Lesson>();
  // Whoever has to take another time does not type everything again.
  const [typed, setTyped] = useState<Schema['GuestInput']>({ name: '', email: '', phone: '' });
  const nameOf = (id: string) =>
    school.instructors.find((each) => each.id === id)?.name ?? t('instructor.unknown');

  // Where an answer was lost, the same wish goes with the same key: the time may be theirs already.
  const [lost, setLost] = useState<{ wish: string; key: string }>();
  const keeping = useMutation<Hold, Problem, Wish>({
    mutationFn: async (wish) => {
      const text = JSON.stringify(wish);
      const key = lost?.wish === text ? lost.key : newKey();
      setLost({ wish: text, key });
      if (kept) await release(kept.hold.token);
      return hold(school.slug, wish, key);
    },
    onSuccess: (made, wish) => {
      setLost(undefined);
      setKept({ hold: made, wish, until: Date.now() + HOLD_MS, isExtended: false });
    },
    onError: (problem) => {
      if (!problem.isTransient) setLost(undefined);
      setKept(undefined);
    },
  });
  const pick = (wish: Wish, alternative: Schema['Alternative']) => {
    keeping.mutate({ ...wish, start: alternative.start, instructor_id: alternative.instructor_id });
  };
  const letGo = () => {
    if (kept) void release(kept.hold.token);
    setKept(undefined);
    keeping.reset();
  };

  if (lesson) return <GuestBooked lesson={lesson} email={typed.email} school={school.slug} />;
  if (kept)
    return (
      <GuestForm
        key={kept.hold.id}
        school={school}
        kept={kept}
        typed={typed}
        onTyped={setTyped}
        onExtended={() => {
          setKept({ ...kept, until: kept.until + HOLD_MS, isExtended: true });
        }}
        onOther={letGo}
        onPick={(alternative) => {
          pick(kept.wish, alternative);
        }}
        isPicking={keeping.isPending}
        nameOf={nameOf}
        onBooked={setLesson}
      />
    );
  return (
    <Page title={t('guest.at', { school: school.name })}>
      {keeping.isError &&
        (keeping.error.refusals.length > 0 ? (
          <div className="mb-6">
            <Refused
              key={keeping.submittedAt}
              problem={keeping.error}
              start={keeping.variables.start}
              zone={school.time_zone}
              nameOf={nameOf}
              kept="nothing-booked"
              busy={keeping.isPending}
              onPick={(alternative) => {
                pick(keeping.variables, alternative);
              }}
            />
          </div>
        ) : (
          <div className="mb-6">
            <NotKept key={keeping.submittedAt} problem={keeping.error} />
          </div>
        ))}
      <GuestChoose
        school={school}
        busy={keeping.isPending}
        onWish={(wish) => {
          keeping.mutate(wish);
        }}
      />
    </Page>
  );
}

function NotKept({ problem }: { problem: Problem }) {
  const t = useT();
  if (problem.code !== 'too-many-holds') return <Failure takesFocus error={problem} />;
  return (
    <Alert tone="warn" title={t('guest.tooMany')} takesFocus>
      <p>{t('guest.tooMany.next')}</p>
    </Alert>
  );
}
