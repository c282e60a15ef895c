import type { Schema } from './api';

/** Any failure of a call, also one that never reached the server (`network`). */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;
  readonly refusals: Schema['Refusal'][];
  readonly alternatives: Schema['Alternative'][];
  readonly fields: { pointer: string; message: string }[];
  /** With `in-use`: how many lessons there are. */
  readonly count: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** With an error at a version: the one that holds. */
  readonly version: number | undefined;
  /** With `second-factor-asked`: what goes with a code. */
  readonly challenge: string | undefined;

  constructor(
    body: Partial<Schema['Problem']> & { type: string; status: number },
    retryAfterSeconds?: number,
  ) {
    super(body.title ?? body.type);
    this.name = 'Problem';
    this.code = body.type.replace(/^\/problems\//, '');
    this.status = body.status;
    this.detail = body.detail;
    this.requestId = body.instance?.replace(/^\/requests\//, '');
    this.refusals = body.refusals ?? [];
    this.alternatives = body.alternatives ?? [];
    this.fields = body.errors ?? [];
    this.count = body.count;
    this.version = body.version;
    this.challenge = body.challenge;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Nothing is known of what happened: the same request may be sent again with the same key. */
  get isTransient(): boolean {
    return this.code === 'network' || this.status >= 500 || this.status === 429;
  }
}

export const networkProblem = (): Problem => new Problem({ type: 'network', status: 0 });

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({ type: 'unexpected', status: 0, title: String(error) });
}

export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  const requestId = response.headers.get('X-Request-Id');
  const fallback = {
    type: response.status >= 500 ? 'unavailable' : 'unexpected',
    status: response.status,
    ...(requestId ? { instance: requestId } : {}),
  };
  try {
    const body = (await response.json()) as Partial<Schema['Problem']>;
    return new Problem({ ...fallback, ...body }, retryAfter);
  } catch {
    // A proxy on the way answered with a page of its own.
    return new Problem(fallback, retryAfter);
  }
}
