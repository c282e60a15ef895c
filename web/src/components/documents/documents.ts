import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schema } from '../../lib/api';
import { saveFile } from '../../lib/file';
import type { Problem } from '../../lib/problem';

export type Document = Schema['Document'];
/** One key for one file and what was said of it: a lost answer may be asked for again. */
export type Upload = { file: File; kind: Document['kind']; validUntil: string; key: string };

export const KINDS = ['permit', 'consent_form'] as const;
const MOST_BYTES = 8 * 1024 * 1024;
const ENDINGS = { 'application/pdf': 'pdf', 'image/jpeg': 'jpg', 'image/png': 'png' } as const;
export const ACCEPTED = Object.keys(ENDINGS).join();

/** What the server would say without being asked. */
export function complaintOf(file: File): 'type' | 'large' | 'empty' | undefined {
  if (!(file.type in ENDINGS)) return 'type';
  if (file.size === 0) return 'empty';
  return file.size > MOST_BYTES ? 'large' : undefined;
}

export const documentsQuery = (learner: string) =>
  queryOptions({
    queryKey: ['documents', learner],
    queryFn: async () =>
      (await body(api.GET('/api/v1/learners/{id}/documents', { params: { path: { id: learner } } }))).items,
  });

const path = (learner: string, document: Document) => ({ id: learner, document_id: document.id });

function useOutdating<Input>(learner: string, change: (input: Input) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation<unknown, Problem, Input>({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ['documents', learner] }),
  });
}

export const useUpload = (learner: string) =>
  useOutdating(learner, async ({ file, kind, validUntil, key }: Upload) => {
    const content = await file.arrayBuffer();
    return api.POST('/api/v1/learners/{id}/documents', {
      params: {
        path: { id: learner },
        query: { kind, ...(validUntil ? { valid_until: validUntil } : {}) },
        header: { 'Idempotency-Key': key },
      },
      headers: { 'Content-Type': file.type },
      body: '',
      bodySerializer: () => content,
    });
  });

export const useRemoval = (learner: string) =>
  useOutdating(learner, (document: Document) =>
    api.DELETE('/api/v1/learners/{id}/documents/{document_id}', {
      params: { path: path(learner, document) },
    }),
  );

/** Under a name that says what it is. */
export const useDownload = (learner: string) =>
  useMutation<unknown, Problem, { document: Document; name: string }>({
    mutationFn: async ({ document, name }) => {
      const content = await body(
        api.GET('/api/v1/learners/{id}/documents/{document_id}', {
          params: { path: path(learner, document) },
          parseAs: 'blob',
        }),
      );
      saveFile(`${name}.${ENDINGS[document.media_type]}`, content);
    },
  });
