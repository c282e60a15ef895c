import { api, body, type Schema } from '../../lib/api';
import { answered, keyOf } from '../../lib/changes';
import { asProblem } from '../../lib/problem';
import { datesInOrder, inOrder, type Override, type Weekly } from './ranges';

// Weekly hours and dates share one version, so that a change of either makes both old.
export const HOURS = 'hours';
export const TIME_OFF = 'time-off';

const path = (id: string) => ({ path: { id } });
const over = (version: number) => ({ header: { 'If-Match': `"${version}"` } });

export const putHours = (id: string, items: Weekly[], version: number) =>
  body(
    api.PUT('/api/v1/instructors/{id}/hours', {
      params: { ...path(id), ...over(version) },
      body: { items: inOrder(items) },
    }),
  );

export const previewHours =
  (id: string) =>
  (hours: Schema['HoursPreviewInput'], signal: AbortSignal): Promise<Schema['Preview']> =>
    body(api.POST('/api/v1/instructors/{id}/hours/previews', { params: path(id), body: hours, signal }));

export const putOverrides = (id: string, items: Override[], version: number) =>
  body(
    api.PUT('/api/v1/instructors/{id}/overrides', {
      params: { ...path(id), ...over(version) },
      body: { items: datesInOrder(items) },
    }),
  );

export async function addTimeOff(id: string, span: Schema['TimeOffInput']) {
  const wish = TIME_OFF + id + JSON.stringify(span);
  try {
    const header = { 'Idempotency-Key': keyOf(wish) };
    const made = await body(
      api.POST('/api/v1/instructors/{id}/time-off', { params: { ...path(id), header }, body: span }),
    );
    answered(wish, null);
    return made;
  } catch (error) {
    answered(wish, asProblem(error));
    throw error;
  }
}

export const changeTimeOff = (
  id: string,
  { id: timeOff, version }: Schema['TimeOff'],
  to: Schema['TimeOffPatch'],
) =>
  body(
    api.PATCH('/api/v1/instructors/{id}/time-off/{time_off_id}', {
      params: { path: { id, time_off_id: timeOff }, ...over(version) },
      body: to,
    }),
  );

export const removeTimeOff = async (id: string, timeOff: string): Promise<undefined> => {
  await api.DELETE('/api/v1/instructors/{id}/time-off/{time_off_id}', {
    params: { path: { id, time_off_id: timeOff } },
  });
  return undefined;
};
