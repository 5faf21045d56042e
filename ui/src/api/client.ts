// One typed client for the REST contract: credentials, idempotency keys and problems are handled here and nowhere else.
import createClient from 'openapi-fetch';
import { randomId } from '@/lib/ids';
import { bearerFor, refusals } from './credentials';
import { toApiError, unreachable } from './problem';
import type { paths } from './schema';

/** Adds credentials and an idempotency key, and turns "no answer" into a problem like any other. */
export async function send(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const token = bearerFor(pathname, request.method);
  if (token && !request.headers.has('Authorization')) request.headers.set('Authorization', `Bearer ${token}`);
  if (request.method === 'POST' && !request.headers.has('Idempotency-Key'))
    request.headers.set('Idempotency-Key', randomId());
  let response: Response;
  try {
    response = await globalThis.fetch(request);
  } catch {
    throw unreachable();
  }
  // A refusal makes the page ask who it is; were that refused too, it would ask for ever.
  if ((response.status === 401 || response.status === 403) && !pathname.endsWith('/whoami')) refusals.value++;
  return response;
}

// The wrapper looks fetch up on each call; openapi-fetch would keep the one present when the client is made.
export const api = createClient<paths>({ baseUrl: '', fetch: send });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

const replays = new WeakSet<object>();
/** Whether the server gave this answer before to the same idempotency key, and did nothing now. */
export const isReplayed = (answer: object) => replays.has(answer);

/** The JSON of a successful answer; everything else is thrown as an ApiError. Lists can also answer CSV text: see fetchCsv. */
export async function ok<T>(answer: Promise<Answer<T>>): Promise<Exclude<T, string>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw toApiError(error, response);
  if (data instanceof Object && response.headers.get('Idempotency-Replayed') === 'true') replays.add(data);
  return data as Exclude<T, string>;
}
