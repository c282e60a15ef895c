import { useQuery } from '@tanstack/react-query';
import { Empty, Loaded, Row, Rows } from '../../../components/manage/ListPage';
import { Page } from '../../../components/Page';
import { useT } from '../../../i18n';
import { instructorsQuery, meQuery, type Instructor } from '../../../lib/queries';
import { shortMoment } from '../../../lib/time';
import { useNames } from '../../../lib/useNames';
import { Conflicts } from './Conflicts';
import { connectionsQuery, type Connection } from './elsewhere';
import { LastRead } from './LastRead';
import { State } from './State';

/** How the calendars of all instructors stand, and every lesson that waits for a decision. */
export function SchoolCalendarsPage() {
  const t = useT();
  const names = useNames();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const connections = useQuery(connectionsQuery);
  const instructors = useQuery(instructorsQuery).data ?? [];
  return (
    <Page title={t('manage.calendars')} busy={connections.isPending}>
      <p className="-mt-1 mb-4 max-w-prose text-muted lg:-mt-5">{t('calendars.school.lead')}</p>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Conflicts zone={zone} nameOf={names.instructor} />
        <section aria-labelledby="connections">
          <h2 id="connections" className="mb-3 text-xl font-bold tracking-tight">
            {t('calendars.school.all')}
          </h2>
          <Loaded query={connections} skeleton="h-20">
            {({ available, items }) =>
              items.length > 0 ? (
                <>
                  <Rows>
                    {items.map((connection) => (
                      <Standing
                        key={connection.id}
                        connection={connection}
                        name={names.instructor(connection.person_id)}
                        zone={zone}
                      />
                    ))}
                  </Rows>
                  <Without instructors={instructors} connections={items} />
                </>
              ) : (
                <Empty title={t(available ? 'calendars.school.none' : 'calendars.unavailable')}>
                  {t(available ? 'calendars.school.none.next' : 'calendars.school.unavailable.next')}
                </Empty>
              )
            }
          </Loaded>
        </section>
      </div>
    </Page>
  );
}

/** Whose times elsewhere are not known here. */
function Without({ instructors, connections }: { instructors: Instructor[]; connections: Connection[] }) {
  const t = useT();
  const others = instructors
    .filter(({ id, active }) => active && connections.every((each) => each.person_id !== id))
    .map(({ name }) => name);
  if (others.length === 0) return null;
  return <p className="mt-3 text-muted">{t('calendars.school.without', { names: others.join(', ') })}</p>;
}

function Standing({ connection, name, zone }: { connection: Connection; name: string; zone: string }) {
  const t = useT();
  const { problem, failing_since: since, calendars } = connection;
  const blocks = calendars.filter((each) => each.blocks).length;
  const shows = calendars.some((each) => each.shows) ? 'yes' : 'no';
  return (
    <Row
      name={name}
      facts={
        <div className="grid gap-1">
          <p className="flex flex-wrap items-center gap-x-3">
            <State connection={connection} />
            <LastRead connection={connection} zone={zone} />
          </p>
          <p>{t('calendars.school.used', { blocks, shows })}</p>
          {problem !== '' && (
            <p className="font-semibold text-warn">
              {t(`calendars.school.trouble.${problem}`, {
                name,
                moment: since ? shortMoment(since, zone) : '',
              })}
            </p>
          )}
        </div>
      }
    />
  );
}
