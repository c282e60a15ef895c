import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { useT } from '../../i18n';
import { meQuery } from '../../lib/queries';
import { factorIsMissing } from '../../lib/session';
import { SignInForm } from './SignInForm';

const toFactor = () => {
  if (factorIsMissing()) location.assign('/second-factor');
};

/** Over the page that the person is on: what they had typed or chosen is still there afterwards. */
export function SessionDialog({ onGiveUp }: { onGiveUp: () => void }) {
  const t = useT();
  const me = useQuery({ ...meQuery, enabled: false });
  return (
    <Dialog title={t('expired.title')} onClose={onGiveUp}>
      <p className="mb-4 text-muted">{t('expired.lead')}</p>
      <SignInForm {...(me.data ? { email: me.data.email } : {})} onSignedIn={toFactor} />
      <Button look="quiet" className="mt-2 w-full" onClick={onGiveUp}>
        {t('signOut')}
      </Button>
    </Dialog>
  );
}
