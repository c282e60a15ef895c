import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { notify } from '../../lib/notice';
import type { Problem } from '../../lib/problem';
import { AccountSection } from './AccountSection';
import { BackupCodes } from './BackupCodes';
import { useFactorsChanged } from './factors';
import { PasswordAgain } from './PasswordAgain';

const QrCode = lazy(async () => ({ default: (await import('./QrCode')).QrCode }));

type Asked = 'set' | 'codes' | 'remove';
type Step =
  | { at: 'rest' }
  | { at: 'password'; to: Asked }
  | { at: 'scan'; secret: Schema['NewTotp'] }
  | { at: 'codes'; codes: string[] };

/** Codes of an app on the phone: set up, replaced, removed. */
export function TotpSection({ factors }: { factors: Schema['Factors'] }) {
  const t = useT();
  const [step, setStep] = useState<Step>({ at: 'rest' });
  const changed = useFactorsChanged();
  const rest = () => {
    setStep({ at: 'rest' });
  };
  const ask = useMutation<Step, Problem, { to: Asked; password: string }>({
    mutationFn: async ({ to, password }) => {
      const sent = { body: { current_password: password } };
      if (to === 'set') return { at: 'scan', secret: await body(api.POST('/api/v1/me/totp', sent)) };
      if (to === 'codes') {
        const { backup_codes: codes } = await body(api.POST('/api/v1/me/totp/backup-codes', sent));
        return { at: 'codes', codes };
      }
      await api.DELETE('/api/v1/me/totp', sent);
      notify({ text: t('factor.totp.removed') });
      return { at: 'rest' };
    },
    onSuccess: async (next, { to }) => {
      setStep(next);
      if (to !== 'set') await changed();
    },
  });
  const begin = (to: Asked) => () => {
    ask.reset();
    setStep({ at: 'password', to });
  };
  return (
    <AccountSection title={t('factor.totp')} lead={t('factor.totp.lead')}>
      {step.at === 'rest' && <Rest factors={factors} begin={begin} />}
      {step.at === 'password' && (
        <PasswordAgain
          key={step.to}
          action={t(`factor.totp.${step.to}`)}
          look={step.to === 'remove' ? 'danger' : 'primary'}
          busy={ask.isPending}
          error={ask.error}
          onPassword={(password) => {
            ask.mutate({ to: step.to, password });
          }}
          onCancel={rest}
        />
      )}
      {step.at === 'scan' && (
        <Scan
          secret={step.secret}
          onDone={(codes) => {
            setStep({ at: 'codes', codes });
          }}
          onCancel={rest}
        />
      )}
      {step.at === 'codes' && (
        <BackupCodes
          codes={step.codes}
          onKept={() => {
            rest();
            void changed();
          }}
        />
      )}
    </AccountSection>
  );
}

function Rest({ factors, begin }: { factors: Schema['Factors']; begin: (to: Asked) => () => void }) {
  const t = useT();
  if (!factors.totp)
    return (
      <div>
        <Button onClick={begin('set')}>{t('factor.totp.set')}</Button>
      </div>
    );
  const isLast = factors.required && factors.passkeys.length === 0;
  return (
    <>
      <p>
        <strong>{t('factor.totp.on')}</strong> {t('factor.backup.left', { count: factors.backup_codes })}
      </p>
      <div className="flex flex-wrap gap-3">
        <Button look="secondary" onClick={begin('codes')}>
          {t('factor.totp.codes')}
        </Button>
        <Button look="secondary" onClick={begin('set')}>
          {t('factor.totp.replace')}
        </Button>
        {!isLast && (
          <Button look="danger" onClick={begin('remove')}>
            {t('factor.totp.remove')}
          </Button>
        )}
      </div>
      {isLast && <p className="text-sm text-muted">{t('factor.required')}</p>}
    </>
  );
}

type ScanProps = { secret: Schema['NewTotp']; onDone: (codes: string[]) => void; onCancel: () => void };

function Scan({ secret, onDone, onCancel }: ScanProps) {
  const t = useT();
  const confirm = useMutation<Schema['BackupCodes'], Problem, string>({
    mutationFn: (code) => body(api.POST('/api/v1/me/totp/confirmation', { body: { code } })),
    onSuccess: ({ backup_codes: codes }) => {
      onDone(codes);
    },
  });
  const isWrong = confirm.error?.fields.some((field) => field.pointer === '/code') ?? false;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(textOf(new FormData(event.currentTarget), 'code'));
      }}
    >
      <p>{t('factor.scan')}</p>
      <Suspense fallback={<Skeleton className="size-56" />}>
        <QrCode text={secret.uri} label={t('factor.scan.code')} />
      </Suspense>
      <div>
        <p className="text-sm text-muted">{t('factor.scan.text')}</p>
        <p className="font-mono break-all select-all">{secret.secret.replace(/(.{4})(?=.)/g, '$1 ')}</p>
        <a
          href={secret.uri}
          className="inline-flex min-h-11 items-center font-semibold text-brand underline underline-offset-4"
        >
          {t('factor.scan.open')}
        </a>
      </div>
      <Field
        name="code"
        label={t('factor.scan.first')}
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        maxLength={7}
        error={isWrong ? t('factor.scan.wrong') : undefined}
      />
      {confirm.isError && !isWrong && <Failure error={confirm.error} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={confirm.isPending}>
          {t('factor.scan.confirm')}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t('factor.cancel')}
        </Button>
      </div>
    </form>
  );
}
