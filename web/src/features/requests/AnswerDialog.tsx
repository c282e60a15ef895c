import { Dialog } from '../../components/Dialog';
import { Form } from '../../components/manage/Form';
import type { DataRequest } from '../../components/requests/requests';
import { useT } from '../../i18n';
import { api, type Schema } from '../../lib/api';
import type { FieldSpec, Values } from '../../lib/manage/fields';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';

type Props = { request: DataRequest; verb: 'extension' | 'outcome'; onClose: () => void };

function useAnswer({ request, verb }: Omit<Props, 'onClose'>) {
  const params = { path: { id: request.id }, header: { 'If-Match': `"${request.version}"` } };
  // What is on hold is another list.
  return useSave<Values, unknown>(
    ({ outcome, answer, reason }) =>
      verb === 'extension'
        ? api.POST('/api/v1/privacy/requests/{id}/extension', { params, body: { reason: reason as string } })
        : api.POST('/api/v1/privacy/requests/{id}/outcome', {
            params,
            body: {
              outcome: outcome as Schema['RequestOutcome']['outcome'],
              ...(answer ? { answer: answer as string } : {}),
            },
          }),
    ['requests', 'holds'],
  );
}

/** An answer, or that it takes longer: the person reads both in a mail. */
export function AnswerDialog({ request, verb, onClose }: Props) {
  const t = useT();
  const save = useAnswer({ request, verb });
  // An erasure is answered by the erasure itself.
  const outcomes = request.right === 'erasure' ? (['refused'] as const) : (['done', 'refused'] as const);
  const fields: FieldSpec[] =
    verb === 'extension'
      ? [
          {
            kind: 'paragraphs',
            name: 'reason',
            label: t('requests.reason'),
            hint: t('requests.told'),
            maxLength: 2000,
            wide: true,
          },
        ]
      : [
          {
            kind: 'choice',
            name: 'outcome',
            label: t('requests.outcome.label'),
            options: outcomes.map((each) => ({ value: each, label: t(`requests.outcome.${each}`) })),
            wide: true,
          },
          {
            kind: 'paragraphs',
            name: 'answer',
            label: t('requests.words'),
            hint: t('requests.told'),
            maxLength: 2000,
            wide: true,
          },
        ];
  const title = t(`requests.${verb}.title`, { name: request.name });
  return (
    <Dialog title={title} onClose={onClose} wide>
      <p className="mb-4 text-muted">{t(`requests.${verb}.lead`)}</p>
      <Form
        groups={[{ fields }]}
        initial={save.variables ?? { outcome: outcomes[0], answer: '', reason: '' }}
        problem={save.error}
        busy={save.isPending}
        submit={t(`requests.${verb}.send`)}
        onCancel={onClose}
        onSubmit={(values) => {
          save.mutate(values, {
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
