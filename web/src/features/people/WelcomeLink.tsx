import { useId, useRef, useState } from 'react';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Submit } from '../../components/manage/Form';
import { boxLook } from '../../components/manage/Input';
import { useT } from '../../i18n';

type Props = { name: string; url: string; onClose: () => void };

/** Shown once: nobody can look it up later. */
export function WelcomeLink({ name, url, onClose }: Props) {
  const t = useT();
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<'new' | 'copied' | 'byHand'>('new');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      setState('copied');
    } catch {
      // Plain http has no clipboard, and a browser may refuse it.
      box.current?.select();
      setState('byHand');
    }
  };
  return (
    <Dialog title={t('welcomeLink.title', { name })} onClose={onClose}>
      <div className="grid gap-4">
        <p>{t('welcomeLink.lead')}</p>
        <div className="grid gap-1.5">
          <label htmlFor={id} className="font-semibold">
            {t('welcomeLink')}
          </label>
          <input ref={box} id={id} readOnly value={url} className={boxLook} />
        </div>
        <Button look="secondary" onClick={() => void copy()}>
          {t('welcomeLink.copy')}
        </Button>
        <p role="status" className="text-sm font-semibold text-brand empty:hidden">
          {state !== 'new' && t(`welcomeLink.${state}`)}
        </p>
        <Submit busy={false} label={t('dialog.done')} onClick={onClose} works="offline" />
      </div>
    </Dialog>
  );
}
