import { useState } from 'react';
import { History } from '../../components/lesson/History';
import { useT } from '../../i18n';
import type { Booking } from '../../lib/queries';

/** Asked for when it is opened. */
export function LessonHistory({ booking }: { booking: Booking }) {
  const t = useT();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      onToggle={(event) => {
        setIsOpen(event.currentTarget.open);
      }}
    >
      <summary className="disclosure text-brand">{t('history')}</summary>
      {isOpen && <History booking={booking} />}
    </details>
  );
}
