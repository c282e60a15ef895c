import { useQuery } from '@tanstack/react-query';
import { Dialog } from '../../components/Dialog';
import { Form } from '../../components/manage/Form';
import { RIGHTS } from '../../components/requests/requests';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import { answered, keyOf } from '../../lib/changes';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';
import { instructorsQuery, learnersQuery, meQuery } from '../../lib/queries';
import { todayIn } from '../../lib/time';

type Wish = Schema['RecordedRequest'] & { person: string };

/** What came by letter or telephone. */
export function RecordDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const learners = useQuery(learnersQuery).data ?? [];
  const instructors = useQuery(instructorsQuery).data ?? [];
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const people = [...learners, ...instructors];
  const record = useSave<Wish, unknown>(
    ({ person, ...wish }) =>
      api.POST('/api/v1/people/{id}/requests', {
        params: {
          path: { id: person },
          header: { 'Idempotency-Key': keyOf(JSON.stringify({ person, ...wish })) },
        },
        body: wish,
      }),
    ['requests'],
  );
  const today = todayIn(zone, new Date());
  return (
    <Dialog title={t('requests.record.title')} onClose={onClose} wide>
      <Form
        // The choice begins with the first one, once they are there.
        key={people.length}
        groups={[
          {
            fields: [
              {
                kind: 'choice',
                name: 'person',
                label: t('requests.person'),
                options: people.map(({ id, name }) => ({ value: id, label: name })),
              },
              { kind: 'date', name: 'received_on', label: t('requests.received.label') },
              {
                kind: 'choice',
                name: 'right',
                label: t('requests.right.label'),
                options: RIGHTS.map((right) => ({ value: right, label: t(`requests.about.${right}`) })),
                wide: true,
              },
              {
                kind: 'paragraphs',
                name: 'text',
                label: t('requests.text.label'),
                maxLength: 2000,
                wide: true,
              },
            ],
          },
        ]}
        initial={
          record.variables ?? { person: people[0]?.id ?? '', received_on: today, right: RIGHTS[0], text: '' }
        }
        problem={record.error}
        busy={record.isPending}
        submit={t('requests.record')}
        onCancel={onClose}
        onSubmit={(values) => {
          record.mutate(values as Wish, {
            onSettled: (_, problem, { person, ...wish }) => {
              answered(JSON.stringify({ person, ...wish }), problem);
            },
            onSuccess: () => {
              notify({ text: t('saved') });
              onClose();
            },
          });
        }}
      />
    </Dialog>
  );
}
