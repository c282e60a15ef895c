import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { Alert } from '../../components/Alert';
import { Button, buttonLook } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { NewPassword } from '../../components/account/NewPassword';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { textOf } from '../../lib/form';
import type { Problem } from '../../lib/problem';
import { signInWith } from '../../lib/session';
import { Notice, useNotice } from '../../components/policies/Notice';
import { noticeQuery } from '../../components/policies/policies';
import { Poster } from './Poster';

/** /join#<token>: a learner whose address is proven makes the account. */
export function JoinPage() {
  const t = useT();
  const router = useRouter();
  const client = useQueryClient();
  const token = location.hash.slice(1);
  const notice = useNotice(token);
  const joining = useMutation<undefined, Problem, Schema['Registration']>({
    mutationFn: async (input) => {
      await signInWith('/api/v1/auth/register/confirmation', input);
    },
    onSuccess: () => {
      client.clear();
      router.history.replace('/');
    },
    // The notice may have changed while it was read.
    onError: () => client.invalidateQueries({ queryKey: noticeQuery(token).queryKey }),
  });
  const fault = (pointer: string) =>
    joining.error?.fields.find((field) => field.pointer === pointer)?.message;
  const isPlain = !['/name', '/phone', '/password', '/notice_version'].some(fault);
  if (!token || fault('/token'))
    return (
      <Poster title={t('join.title')} lead={t('join.lead')}>
        <Alert tone="warn" title={t('welcome.spent')}>
          <p>{t('join.spent')}</p>
          <Link to="/$page" params={{ page: 'register' }} className={buttonLook('secondary')}>
            {t('reset.again')}
          </Link>
        </Alert>
      </Poster>
    );
  return (
    <Poster title={t('join.title')} lead={t('join.lead')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          joining.mutate({
            token,
            name: textOf(form, 'name').trim(),
            phone: textOf(form, 'phone').trim(),
            password: textOf(form, 'password'),
            ...notice,
          });
        }}
      >
        <Field
          name="name"
          label={t('join.name')}
          autoComplete="name"
          required
          maxLength={200}
          error={fault('/name')}
        />
        <Field
          name="phone"
          type="tel"
          label={t('join.phone')}
          hint={t('join.phone.hint')}
          autoComplete="tel"
          maxLength={40}
          error={fault('/phone')}
        />
        <NewPassword name="password" label={t('join.password')} error={fault('/password')} />
        <Notice token={token} isOutdated={fault('/notice_version') !== undefined} />
        {joining.isError && isPlain && <Failure error={joining.error} />}
        <Button type="submit" className="min-h-12 text-lg" busy={joining.isPending}>
          {t('join.save')}
        </Button>
      </form>
    </Poster>
  );
}
