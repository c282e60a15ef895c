import type { Translate } from '../../i18n';
import type { Schema } from '../../lib/api';

export type Entry = Schema['AuditEntry'];

/** What the page can look for: what changes nothing, and changes that schools argue about. */
export const ACTIONS = [
  'seen',
  'feed_read',
  'refused',
  'signed_in',
  'sign_in_failed',
  'password_set',
  'password_changed',
  'registered',
  'email_changed',
  'identity_connected',
  'identity_not_connected',
  'identity_disconnected',
  'calendar_connected',
  'calendar_disconnected',
  'sessions_ended',
  'factor_set_up',
  'factor_dropped',
  'backup_codes_renewed',
  'signed_out',
  'acted',
  'guardianship_added',
  'guardianship_ended',
  'guardian_consent_given',
  'guardian_consent_withdrawn',
  'impersonation_started',
  'impersonation_ended',
  'key_made',
  'key_used',
  'key_ended',
  'session_stolen',
  'export_asked',
  'export_fetched',
  'document_added',
  'document_seen',
  'document_removed',
  'audit_seen',
  'audit_exported',
  'agreement_given',
  'agreement_withdrawn',
  'policy_published',
  'hold_placed',
  'hold_lifted',
  'retention_changed',
  'data_request_filed',
  'data_request_extended',
  'data_request_closed',
  'booking_made',
  'booking_moved',
  'booking_cancelled',
  'person_added',
  'person_changed',
  'person_removed',
  'person_erased',
  'school_changed',
  'constraints_changed',
];
const THINGS = [
  'person',
  'lesson-type',
  'vehicle',
  'closure',
  'hours',
  'time-off',
  'constraints',
  'school',
  'retention',
];

/** "Saw data", "Lesson: Moved", "Changed: Vehicle". */
export function actionOf(t: Translate, action: string, what = ''): string {
  if (action.startsWith('document_')) return t(`audit.action.${action}`);
  if (action.startsWith('booking_')) return t('audit.lesson', { what: t(`history.${action}`) });
  const change = /_(added|changed|removed|erased)$/.exec(action);
  if (!change || action === 'guardianship_added') return t(`audit.action.${action}`);
  const kind = what.split('/')[0] || action.slice(0, change.index).replaceAll('_', '-');
  const thing = THINGS.includes(kind) ? t(`audit.thing.${kind}`) : kind;
  return t(`audit.change.${change[1] ?? ''}`, { thing });
}

/** A value of a setting as one can read it. */
export function valueOf(t: Translate, value: unknown): string {
  if (value === null || value === undefined || value === '') return t('audit.nothing');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
