import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import { notify } from '../../lib/notice';
import { createPasskey, isThere, passkeysMissing, wasGivenUp } from '../../lib/account/passkeys';
import { Problem } from '../../lib/problem';
import { shortMoment } from '../../lib/time';
import { AccountSection } from './AccountSection';
import { useFactorsChanged } from './factors';
import { PasswordAgain } from './PasswordAgain';

type Passkey = Schema['Passkey'];
type Open = { what: 'add' } | { what: 'remove' | 'rename'; passkey: Passkey };

/** Keys of a phone, a computer or a stick: listed, added, renamed, removed. */
export function PasskeysSection({ factors, zone }: { factors: Schema['Factors']; zone: string }) {
  const t = useT();
  const [open, setOpen] = useState<Open>();
  const missing = passkeysMissing();
  const close = () => {
    setOpen(undefined);
  };
  return (
    <AccountSection title={t('passkeys')} lead={t('passkeys.lead')}>
      {factors.passkeys.length > 0 && (
        <ul className="grid gap-4">
          {factors.passkeys.map((passkey) => (
            <li key={passkey.id} className="grid gap-2">
              <PasskeyFacts passkey={passkey} zone={zone} />
              {open && 'passkey' in open && open.passkey.id === passkey.id ? (
                <Change open={open} onClose={close} />
              ) : (
                <div className="flex flex-wrap gap-3">
                  {(['rename', 'remove'] as const)
                    .filter((what) => what === 'rename' || !isLast(factors))
                    .map((what) => (
                      <Button
                        key={what}
                        look="quiet"
                        onClick={() => {
                          setOpen({ what, passkey });
                        }}
                      >
                        {t(`passkeys.${what}`)} <span className="sr-only">{passkey.name}</span>
                      </Button>
                    ))}
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {factors.passkeys.length > 0 && isLast(factors) && (
        <p className="text-sm text-muted">{t('factor.required')}</p>
      )}
      {missing && <p className="text-muted">{t(`passkeys.none.${missing}`)}</p>}
      {!missing && open?.what === 'add' && <Add onClose={close} />}
      {!missing && open?.what !== 'add' && (
        <div>
          <Button
            onClick={() => {
              setOpen({ what: 'add' });
            }}
          >
            {t('passkeys.add')}
          </Button>
        </div>
      )}
    </AccountSection>
  );
}

const isLast = (factors: Schema['Factors']) =>
  factors.required && !factors.totp && factors.passkeys.length === 1;

function PasskeyFacts({ passkey, zone }: { passkey: Passkey; zone: string }) {
  const t = useT();
  return (
    <div>
      <p className="font-semibold break-words">{passkey.name}</p>
      <p className="text-sm text-muted">
        {t('passkeys.made', { made: shortMoment(passkey.created_at, zone) })}{' '}
        {passkey.used_at
          ? t('passkeys.used', { used: shortMoment(passkey.used_at, zone) })
          : t('passkeys.unused')}
      </p>
    </div>
  );
}

/** What a browser's failure means here; everything else is shown as it is. */
function useWords() {
  const t = useT();
  return (error: unknown) => {
    if (wasGivenUp(error)) return new Problem({ type: 'given-up', status: 0, title: t('passkey.givenUp') });
    if (isThere(error)) return new Problem({ type: 'there', status: 0, title: t('passkeys.there') });
    return error;
  };
}

function Add({ onClose }: { onClose: () => void }) {
  const t = useT();
  const words = useWords();
  const changed = useFactorsChanged();
  const add = useMutation<unknown, unknown, string>({
    mutationFn: async (password) => {
      const options = await body(
        api.POST('/api/v1/me/passkeys/options', { body: { current_password: password } }),
      );
      const made = await createPasskey(options);
      await api.POST('/api/v1/me/passkeys', { body: { name: t('passkeys.new'), ...made } });
    },
    onSuccess: async () => {
      notify({ text: t('passkeys.added') });
      onClose();
      await changed();
    },
  });
  return (
    <PasswordAgain
      action={t('passkeys.add')}
      busy={add.isPending}
      error={add.error ? words(add.error) : undefined}
      onPassword={(password) => {
        add.mutate(password);
      }}
      onCancel={onClose}
    />
  );
}

type ChangeProps = { open: { what: 'remove' | 'rename'; passkey: Passkey }; onClose: () => void };

function Change({ open: { what, passkey }, onClose }: ChangeProps) {
  const t = useT();
  const changed = useFactorsChanged();
  const path = { params: { path: { id: passkey.id } } };
  const change = useMutation<unknown, Problem, string>({
    mutationFn: (text) =>
      what === 'rename'
        ? api.PUT('/api/v1/me/passkeys/{id}/name', { ...path, body: { name: text } })
        : api.DELETE('/api/v1/me/passkeys/{id}', { ...path, body: { current_password: text } }),
    onSuccess: async () => {
      onClose();
      if (what === 'remove') notify({ text: t('passkeys.removed') });
      await changed();
    },
  });
  if (what === 'remove')
    return (
      <PasswordAgain
        action={t('passkeys.remove')}
        look="danger"
        busy={change.isPending}
        error={change.error}
        onPassword={(password) => {
          change.mutate(password);
        }}
        onCancel={onClose}
      />
    );
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate(textOf(new FormData(event.currentTarget), 'name').trim());
      }}
    >
      <Field
        name="name"
        label={t('passkeys.name')}
        hint={t('passkeys.name.hint')}
        defaultValue={passkey.name}
        required
        maxLength={60}
        error={change.error?.message}
      />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={change.isPending}>
          {t('passkeys.name.save')}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {t('factor.cancel')}
        </Button>
      </div>
    </form>
  );
}
