// Google's error bodies. `errors[].domain` and `reason` are what a client decides by; the newer ones add `status` and
// `details`. Source: Calendar API, guides/errors; the bodies that integrators reported where that page has none.

export class ApiError extends Error {
  /** `more` may hold domain, location, locationType, status, details, headers, and what `errors[]` says instead. */
  constructor(code, reason, message, more = {}) {
    super(message);
    Object.assign(this, { code, reason, more });
  }

  answer() {
    const { domain = 'global', location, locationType, status, details, headers = {}, said } = this.more;
    const entry = { domain, reason: this.reason, message: said ?? this.message };
    if (location) Object.assign(entry, { locationType: locationType ?? 'parameter', location });
    const error = { errors: [entry], code: this.code, message: this.message };
    if (status) error.status = status;
    if (details) error.details = details;
    return { status: this.code, headers, body: { error } };
  }
}

const INVALID_TOKEN =
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
  'authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';

export const unauthorized = () =>
  new ApiError(401, 'authError', INVALID_TOKEN, {
    said: 'Invalid Credentials',
    location: 'Authorization',
    locationType: 'header',
    status: 'UNAUTHENTICATED',
    headers: { 'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
  });

const errorInfo = (reason, metadata) => [
  { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com', metadata },
];
const service = 'calendar-json.googleapis.com';

export const scopeMissing = (method, scopes) =>
  new ApiError(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.', {
    said: 'Insufficient Permission',
    status: 'PERMISSION_DENIED',
    details: errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { service, method }),
    headers: {
      'WWW-Authenticate': `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="${scopes.join(' ')}"`,
    },
  });

/** `limit` is "Queries per minute" or "Queries per minute per user"; Google sends it as 403 or as 429. */
export const rateLimited = (limit, code) =>
  new ApiError(
    code,
    'rateLimitExceeded',
    `Quota exceeded for quota metric 'Queries' and limit '${limit}' of service '${service}' for consumer 'project_number:1'.`,
    {
      domain: 'usageLimits',
      status: code === 429 ? 'RESOURCE_EXHAUSTED' : 'PERMISSION_DENIED',
      details: errorInfo('RATE_LIMIT_EXCEEDED', { service, quota_metric: `${service}/default`, quota_limit: limit }),
    },
  );

export const calendarLimit = () =>
  new ApiError(403, 'quotaExceeded', 'Calendar usage limits exceeded.', { domain: 'usageLimits' });

export const notFound = () => new ApiError(404, 'notFound', 'Not Found');
export const gone = () => new ApiError(410, 'deleted', 'Resource has been deleted');
export const duplicate = () => new ApiError(409, 'duplicate', 'The requested identifier already exists.');
export const invalid = (message, location) => new ApiError(400, 'invalid', message, { location });
export const required = (message) => new ApiError(400, 'required', message);

export const conditionNotMet = () =>
  new ApiError(412, 'conditionNotMet', 'Precondition Failed', { location: 'If-Match', locationType: 'header' });

export const fullSyncRequired = () =>
  new ApiError(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.', {
    domain: 'calendar',
    location: 'syncToken',
  });

export const syncRestricted = (location) =>
  new ApiError(
    400,
    'syncTokenWithRequestRestrictions',
    'Sync token cannot be used with other request restrictions.',
    { domain: 'calendar', location },
  );

export const timeRangeEmpty = () =>
  new ApiError(400, 'timeRangeEmpty', 'The specified time range is empty.', {
    domain: 'calendar',
    location: 'timeMax',
  });

export const needsRole = (role) =>
  new ApiError(403, 'requiredAccessLevel', `You need to have ${role} access to this calendar.`, {
    domain: 'calendar',
  });

export const notOrganizer = () =>
  new ApiError(
    403,
    'forbiddenForNonOrganizer',
    'Shared properties can only be changed by the organizer of the event.',
    { domain: 'calendar' },
  );
