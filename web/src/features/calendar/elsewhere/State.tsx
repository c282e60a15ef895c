import { useT } from '../../../i18n';
import type { Connection } from './elsewhere';

const tones: Record<Connection['state'], string> = {
  connected: 'bg-brand-soft text-brand',
  degraded: 'bg-warn-soft text-warn',
  needs_consent: 'bg-danger-soft text-danger',
};

export function State({ connection: { state } }: { connection: Connection }) {
  const t = useT();
  return (
    <span
      className={`rounded-full px-2.5 py-0.5 text-sm font-semibold tracking-normal whitespace-nowrap ${tones[state]}`}
    >
      {t(`calendars.state.${state}`)}
    </span>
  );
}
