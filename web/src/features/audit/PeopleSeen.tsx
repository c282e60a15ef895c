import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/Button';
import { Loaded } from '../../components/manage/ListPage';
import { useT } from '../../i18n';
import { api, body } from '../../lib/api';
import { shortMoment } from '../../lib/time';

type Props = { who: string; question: { from?: string; to?: string }; zone: string };

/** Whose data somebody saw in the time that is looked at: what has to be known after a password got lost. */
export function PeopleSeen({ who, question: { from, to }, zone }: Props) {
  const t = useT();
  const [isOpen, setIsOpen] = useState(false);
  const seen = useQuery({
    queryKey: ['audit', 'people', who, from, to],
    enabled: isOpen,
    queryFn: ({ signal }) =>
      body(
        api.GET('/api/v1/audit/people', {
          params: { query: { who, ...(from ? { from } : {}), ...(to ? { to } : {}) } },
          signal,
        }),
      ),
  });
  if (!isOpen)
    return (
      <Button
        look="secondary"
        className="mb-4"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        {t('audit.people')}
      </Button>
    );
  return (
    <section className="mb-4 rounded-2xl border border-line bg-surface p-4">
      <h2 className="mb-2 text-lg font-bold">{t('audit.people')}</h2>
      <Loaded query={seen} skeleton="h-6">
        {({ items }) =>
          items.length === 0 ? (
            <p>{t('audit.people.none')}</p>
          ) : (
            <ul className="grid gap-1">
              {items.map(({ person, last_at, times }) => (
                <li key={person.id} className="flex flex-wrap justify-between gap-x-4">
                  <span className="font-semibold">{person.name || t('audit.gone')}</span>
                  <span className="text-muted">
                    {t('audit.people.times', { count: times, moment: shortMoment(last_at, zone) })}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
