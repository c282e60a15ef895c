import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Alert } from '../../components/Alert';
import { Button, buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { Page } from '../../components/Page';
import { Refused } from '../../components/Refused';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { newKey } from '../../lib/ids';
import type { Problem } from '../../lib/problem';
import { clockRange, dayOf } from '../../lib/time';
import { book, release, sendCode, type Lesson } from './guest';
import type { Kept } from './GuestPage';
import { KeptFor } from './KeptFor';

type Props = {
  school: Schema['PublicSchool'];
  kept: Kept;
  typed: Schema['GuestInput'];
  onTyped: (typed: Schema['GuestInput']) => void;
  onExtended: () => void;
  onOther: () => void;
  onPick: (alternative: Schema['Alternative']) => void;
  isPicking: boolean;
  nameOf: (id: string) => string;
  onBooked: (lesson: Lesson) => void;
};

/** While the time is kept: who it is for, and the code that proves the address. */
export function GuestForm(props: Props) {
  const { school, kept, typed, onTyped, nameOf } = props;
  const t = useT();
  const [isOver, setIsOver] = useState(false);
  const [isSent, setIsSent] = useState(false);
  const asking = useMutation<unknown, Problem, Schema['GuestInput']>({
    mutationFn: (guest) => sendCode(kept.hold.token, guest),
    onMutate: onTyped,
    onSuccess: () => {
      setIsSent(true);
    },
  });
  // One key for one code: an answer that was lost is asked for again and does not book twice.
  const [keys] = useState(() => new Map<string, string>());
  const booking = useMutation<Lesson, Problem, string>({
    mutationFn: (code) => {
      const key = keys.get(code) ?? newKey();
      keys.set(code, key);
      const { language, area } = kept.wish;
      return book(kept.hold.token, { code, ...(language && { language }), ...(area && { area }) }, key);
    },
    onSuccess: props.onBooked,
  });
  const ended = isOver || [asking.error, booking.error].some((error) => error?.code === 'hold-expired');
  const type = school.lesson_types.find((each) => each.id === kept.wish.lesson_type_id);
  return (
    <Page narrow title={t('guest.at', { school: school.name })}>
      <div className="mb-6 grid gap-3 rounded-2xl border border-line bg-surface p-4">
        <div>
          <p className="text-muted">{dayOf(kept.hold.start, school.time_zone)}</p>
          <p className="text-2xl font-bold tabular-nums">
            {clockRange(kept.hold.start, kept.hold.end, school.time_zone)}
          </p>
          <p className="text-muted">
            {type?.name}, {nameOf(kept.hold.instructor_id)}
          </p>
        </div>
        {!ended && (
          <KeptFor
            kept={kept}
            onExtended={props.onExtended}
            onOver={() => {
              setIsOver(true);
            }}
          />
        )}
      </div>
      {ended ? (
        <Alert tone="warn" title={t('guest.over')} takesFocus>
          <p>{t('guest.over.next')}</p>
          <div>
            <Button onClick={props.onOther}>{t('guest.choose')}</Button>
          </div>
        </Alert>
      ) : (
        <>
          {isSent ? (
            <CodeForm
              email={typed.email}
              booking={booking}
              again={asking.error}
              onAgain={() => {
                asking.mutate(typed);
              }}
              onSignIn={() => void release(kept.hold.token)}
              onChange={() => {
                setIsSent(false);
                asking.reset();
                booking.reset();
              }}
              zone={school.time_zone}
              start={kept.hold.start}
              nameOf={nameOf}
              onPick={props.onPick}
              isPicking={props.isPicking}
            />
          ) : (
            <DetailsForm typed={typed} asking={asking} />
          )}
          <div className="mt-2">
            <Button look="quiet" className="-ml-4" onClick={props.onOther}>
              {t('guest.other')}
            </Button>
          </div>
        </>
      )}
    </Page>
  );
}

type Asking = ReturnType<typeof useMutation<unknown, Problem, Schema['GuestInput']>>;

function DetailsForm({ typed, asking }: { typed: Schema['GuestInput']; asking: Asking }) {
  const t = useT();
  const fault = (pointer: string) => asking.error?.fields.find((field) => field.pointer === pointer)?.message;
  const isPlain = !['/name', '/email', '/phone'].some(fault);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const text = (name: string) => textOf(form, name).trim();
        asking.mutate({ name: text('name'), email: text('email'), phone: text('phone') });
      }}
    >
      <Field
        name="name"
        label={t('join.name')}
        autoComplete="name"
        required
        maxLength={200}
        defaultValue={typed.name}
        error={fault('/name')}
      />
      <Field
        name="email"
        type="email"
        label={t('signIn.email')}
        hint={t('guest.email.hint')}
        autoComplete="email"
        required
        maxLength={254}
        defaultValue={typed.email}
        error={fault('/email')}
      />
      <Field
        name="phone"
        type="tel"
        label={t('guest.phone')}
        hint={t('guest.phone.hint')}
        autoComplete="tel"
        required
        maxLength={40}
        defaultValue={typed.phone}
        error={fault('/phone')}
      />
      <p className="text-sm text-muted">{t('guest.privacy')}</p>
      {asking.error && isPlain && <NotSent error={asking.error} />}
      <Button type="submit" className="min-h-12 text-lg" busy={asking.isPending}>
        {t('guest.send')}
      </Button>
    </form>
  );
}

function NotSent({ error }: { error: Problem }) {
  const t = useT();
  if (error.status !== 429) return <Failure error={error} />;
  return (
    <Alert tone="warn" title={t('mailed.limited')}>
      <p>{error.detail}</p>
    </Alert>
  );
}

type CodeProps = {
  email: string;
  booking: ReturnType<typeof useMutation<Lesson, Problem, string>>;
  again: Problem | null;
  onAgain: () => void;
  onChange: () => void;
  onSignIn: () => void;
  zone: string;
  start: string;
  nameOf: (id: string) => string;
  onPick: (alternative: Schema['Alternative']) => void;
  isPicking: boolean;
};

function CodeForm({ email, booking, again, ...props }: CodeProps) {
  const t = useT();
  const { error } = booking;
  const wrong = error?.fields.find((field) => field.pointer === '/code')?.message;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        booking.mutate(textOf(new FormData(event.currentTarget), 'code').replace(/\s/g, ''));
      }}
    >
      <p role="status" className="wrap-anywhere">
        {t('guest.sent', { email })}
      </p>
      <Field
        name="code"
        label={t('guest.code')}
        hint={t('guest.code.hint')}
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        maxLength={12}
        error={wrong}
      />
      {error?.code === 'account-exists' ? (
        <Alert tone="warn" title={t('guest.account')} takesFocus>
          <p>{t('guest.account.next')}</p>
          <div>
            <Link
              to="/sign-in"
              search={{ next: '/book' }}
              onClick={props.onSignIn}
              className={buttonLook('secondary')}
            >
              {t('guest.signIn')}
            </Link>
          </div>
        </Alert>
      ) : error && error.refusals.length > 0 ? (
        <Refused
          problem={error}
          start={props.start}
          zone={props.zone}
          nameOf={props.nameOf}
          kept="nothing-booked"
          busy={props.isPicking}
          onPick={props.onPick}
        />
      ) : (
        error && !wrong && <Failure error={error} />
      )}
      {again && <NotSent error={again} />}
      <Button type="submit" className="min-h-12 text-lg" busy={booking.isPending}>
        {t('guest.book')}
      </Button>
      <div className="-ml-4 flex flex-wrap">
        <Button look="quiet" onClick={props.onAgain}>
          {t('guest.again')}
        </Button>
        <Button look="quiet" onClick={props.onChange}>
          {t('guest.change')}
        </Button>
      </div>
    </form>
  );
}
