// The one way to the server. Every answer that is not a success becomes a ProblemError.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export const BASE = '/api/v1';

export const client = createClient<paths>({
  baseUrl: `${location.origin}${BASE}`,
  credentials: 'same-origin',
  fetch: (request) => globalThis.fetch(request), // looked up at each call
});

export class ProblemError extends Error {
  constructor(readonly problem: Schemas['ProbeProblem']) {
    super(problem.title);
    this.name = 'ProblemError';
  }
  get code(): string {
    return this.problem.code;
  }
  get status(): number {
    return this.problem.status;
  }
}

// Nobody answered, or somebody on the way did who doesn't reach the server.
export const isAway = (error: unknown): boolean =>
  error instanceof ProblemError &&
  (error.status === 0 || (error.status >= 502 && error.status <= 504));

let session = 0;
/** What was asked so far is answered to nobody. */
export function endSession(): void {
  session++;
}
/** Whoever asked has left meanwhile: who is in now hears nothing of it. */
export class Left extends Error {}
/** Throws it once more if it is that; else nothing. */
export function unlessLeft(error: unknown): void {
  if (error instanceof Left) throw error;
}

/** The server itself says that it can't tell whether a change was made. */
export const isUntold = (error: unknown): boolean =>
  error instanceof ProblemError && ['store.commit-unknown', 'http.unfinished'].includes(error.code);
// That, or no answer of the server's own: nobody knows.
export const isLost = (error: unknown): boolean =>
  error instanceof Left ||
  isUntold(error) ||
  (error instanceof ProblemError &&
    error.code.startsWith('page.') &&
    (error.status === 0 || error.status >= 500));

// What the page itself says when no server answered, or something that isn't ours did.
function ownProblem(status: number): Schemas['Problem'] {
  const code = status === 0 ? 'page.offline' : 'page.unexpected';
  return { type: 'about:blank', title: code, status, code };
}

export function toProblem(error: unknown, status: number): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error && typeof error === 'object' && 'code' in error && 'title' in error) {
    return new ProblemError(error as Schemas['Problem']);
  }
  return new ProblemError(ownProblem(status));
}

export async function unwrap<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const asked = session;
  const settled = await answer.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    if (asked === session) throw toProblem(error, 0);
  });
  if (!settled || asked !== session) throw new Left();
  if (!settled.response.ok) throw toProblem(settled.error, settled.response.status);
  return settled.data as T;
}
