import { useT } from '../i18n';
import type { Schema } from '../lib/api';

const tones: Partial<Record<Schema['Status'], string>> = {
  booked: 'bg-brand-soft text-brand',
  requested: 'bg-warn-soft text-warn',
  no_show: 'bg-danger-soft text-danger',
};

export function Status({ status }: { status: Schema['Status'] }) {
  const t = useT();
  return (
    <span
      className={`inline-flex rounded-full px-2.5 py-0.5 text-sm font-semibold whitespace-nowrap ${tones[status] ?? 'bg-sunken text-muted'}`}
    >
      {t(`status.${status}`)}
    </span>
  );
}
