import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schema } from '../../lib/api';
import { post } from '../../lib/session';

export type Policy = Schema['Policy'];
export type PolicyKind = Schema['PolicyKind'];
export const KINDS: PolicyKind[] = ['terms', 'notice', 'photos', 'news'];

/** What holds now, where this version of the terms was asked for. */
export const currentPoliciesQuery = (slug: string, version: number) =>
  queryOptions({
    queryKey: ['policies', 'current', slug, version],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/schools/{slug}/policies', { params: { path: { slug } }, signal })),
  });

/** The notice of the school that sent this link. */
export const noticeQuery = (token: string) =>
  queryOptions({
    queryKey: ['policies', 'notice', token],
    queryFn: async () =>
      (await post('/api/v1/auth/notice', { token })).json() as Promise<Schema['PolicyList']>,
    enabled: token !== '',
    staleTime: Infinity,
    retry: false,
  });

/** Every version, by kind and the newest first. */
export const policiesQuery = queryOptions({
  queryKey: ['policies', 'all'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/policies', { signal })),
});

export const agreementsQuery = queryOptions({
  queryKey: ['policies', 'mine'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/me/agreements', { signal })),
});

export const agreementsOfQuery = (id: string) =>
  queryOptions({
    queryKey: ['policies', 'of', id],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/learners/{id}/agreements', { params: { path: { id } }, signal })),
  });

/** "7 March 2026" of an instant: what was said may be years ago. */
export const saidOn = (instant: string, zone: string): string =>
  new Date(instant).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: zone });
