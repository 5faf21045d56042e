// RFC 9457 problems as one error type, whatever went wrong: refused, failed, unreachable.
import type { FieldError, Problem } from './types';

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
  }
  get status() {
    return this.problem.status;
  }
  get fields(): FieldError[] {
    return this.problem.errors ?? [];
  }
}

export const isNotFound = (e: unknown) => e instanceof ApiError && e.status === 404;
/** The version an edit was made of is no longer the newest. */
export const isSuperseded = (e: unknown) => e instanceof ApiError && e.status === 412;
export const needsAccess = (e: unknown) => e instanceof ApiError && (e.status === 401 || e.status === 403);
/** Nothing answered: the browser could not reach the server at all. */
export const isUnreachable = (e: unknown) => e instanceof ApiError && e.status === 0;

/** A person can do something about these by waiting and trying again. */
export const isTransient = (e: unknown) =>
  e instanceof ApiError && (e.status === 0 || e.status === 429 || e.status >= 500);

export const unreachable = () =>
  new ApiError({
    type: 'about:blank',
    title: 'Plaza cannot be reached',
    status: 0,
    detail: 'The server did not answer. It may be restarting; nothing you entered is lost.',
  });

/** The problem an answer carries, or a readable one made from its status when the body is something else. */
export function toApiError(body: unknown, response: Response): ApiError {
  const p = body as Partial<Problem> | undefined;
  if (p && typeof p === 'object' && typeof p.title === 'string')
    return new ApiError({ ...p, type: p.type ?? 'about:blank', title: p.title, status: p.status ?? response.status });
  return new ApiError({
    type: 'about:blank',
    title: `The request failed (${response.status}${response.statusText ? ` ${response.statusText}` : ''})`,
    status: response.status,
  });
}

/** Anything thrown, as something with a title and a message to show. */
export function describe(e: unknown): { title: string; detail: string; traceId?: string } {
  if (e instanceof ApiError) {
    const { title, detail = '', trace_id } = e.problem;
    // Some problems have no more to say than their title.
    return { title, detail: detail === title ? '' : detail, traceId: trace_id };
  }
  return { title: 'Something went wrong', detail: e instanceof Error ? e.message : String(e) };
}
