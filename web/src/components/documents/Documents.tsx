import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { Failure, failureWords } from '../Failure';
import { Submit } from '../manage/Form';
import { Loaded } from '../manage/ListPage';
import { useT } from '../../i18n';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import { meQuery } from '../../lib/queries';
import { dateAt, dateRange, todayIn } from '../../lib/time';
import { AddDocument } from './AddDocument';
import { documentsQuery, useDownload, useRemoval, type Document } from './documents';

type Props = { learner: string; zone: string };

/** A learner's papers, for the learner, the office, and instructors, who look only. */
export function Documents({ learner, zone }: Props) {
  const t = useT();
  const query = useQuery(documentsQuery(learner));
  const role = useQuery(meQuery).data?.role;
  const [removing, setRemoving] = useState<Document>();
  const mayRemove = ({ uploaded_by: by }: Document) =>
    role === 'learner' ? by === 'learner' : role !== 'instructor';
  return (
    <div className="grid gap-6">
      <Loaded query={query} skeleton="h-20">
        {(documents) =>
          documents.length === 0 ? (
            <p className="text-muted">{t('documents.none')}</p>
          ) : (
            <ul className="divide-y divide-line rounded-2xl border border-line bg-surface">
              {documents.map((document) => (
                <Paper
                  key={document.id}
                  {...{ document, learner, zone }}
                  onRemove={
                    mayRemove(document)
                      ? () => {
                          setRemoving(document);
                        }
                      : undefined
                  }
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {role !== undefined && role !== 'instructor' && (
        <AddDocument learner={learner} today={todayIn(zone, new Date())} />
      )}
      {removing && (
        <RemoveDocument
          learner={learner}
          document={removing}
          onClose={() => {
            setRemoving(undefined);
          }}
        />
      )}
    </div>
  );
}

const dateOf = (date: string) => dateRange(date, date, 'short');
const sizeWords = (bytes: number) =>
  new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: bytes < 1e6 ? 'kilobyte' : 'megabyte',
    maximumFractionDigits: bytes < 1e6 ? 0 : 1,
  }).format(Math.max(1, bytes / 1000) / (bytes < 1e6 ? 1 : 1000));

type PaperProps = Props & { document: Document; onRemove: (() => void) | undefined };

function Paper({ document, learner, zone, onRemove }: PaperProps) {
  const t = useT();
  const isOnline = useOnline();
  const download = useDownload(learner);
  const kind = t(`documents.kind.${document.kind}`);
  const added = dateAt(document.uploaded_at, zone);
  const until = document.valid_until;
  const isOver = until !== null && until < todayIn(zone, new Date());
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-2 p-4">
      <div className="min-w-0 grow">
        <h3 className="flex flex-wrap items-center gap-x-2 font-bold">
          {kind}
          {isOver && (
            <span className="rounded-full bg-danger-soft px-2.5 py-0.5 text-sm font-semibold text-danger">
              {t('documents.over')}
            </span>
          )}
        </h3>
        <p className="text-muted">
          {until !== null &&
            `${t(isOver ? 'documents.wasUntil' : 'documents.until', { date: dateOf(until) })}, `}
          {t(`documents.by.${document.uploaded_by}`, { date: dateOf(added) })}, {sizeWords(document.bytes)}
        </p>
        {download.isError && (
          <p role="alert" className="mt-1 text-sm font-semibold text-danger">
            {failureWords(download.error, t).title}
          </p>
        )}
      </div>
      <div role="group" aria-label={`${kind}, ${dateOf(added)}`} className="-ml-2 flex flex-wrap gap-1">
        <Button
          look="secondary"
          disabled={!isOnline}
          busy={download.isPending}
          onClick={() => {
            download.mutate({ document, name: `${kind} ${added}` });
          }}
        >
          {t('documents.download')}
        </Button>
        {onRemove && (
          <Button look="quiet" disabled={!isOnline} onClick={onRemove}>
            {t('documents.remove')}
          </Button>
        )}
      </div>
    </li>
  );
}

type RemoveProps = { learner: string; document: Document; onClose: () => void };

function RemoveDocument({ learner, document, onClose }: RemoveProps) {
  const t = useT();
  const removal = useRemoval(learner);
  return (
    <Dialog title={t('documents.remove.title')} onClose={onClose}>
      <div className="grid gap-4">
        <p>{t('documents.remove.lead', { kind: t(`documents.kind.${document.kind}`) })}</p>
        {removal.isError && <Failure error={removal.error} takesFocus />}
        <Submit
          look="danger"
          label={t('documents.remove')}
          busy={removal.isPending}
          onCancel={onClose}
          onClick={() => {
            removal.mutate(document, {
              onSuccess: () => {
                notify({ text: t('documents.removed') });
                onClose();
              },
            });
          }}
        />
      </div>
    </Dialog>
  );
}
