import { ApiError, isAborted } from './api-error.js';
import type { Problem } from './types.js';

/** No form and no page of another origin can send it. */
export const CSRF_HEADER = { 'x-coffer-csrf': '1' };

export interface Answer<T> {
  status: number;
  body: T;
  headers: Headers;
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let signedOut: () => void = () => undefined;
/** Called whenever a request finds that nobody is signed in any more. */
export const onSignedOut = (listener: () => void): void => {
  signedOut = listener;
};

let forbidden: () => void = () => undefined;
/** Called whenever a request finds that its caller may not do this: they may do less than the page believes. */
export const onForbidden = (listener: () => void): void => {
  forbidden = listener;
};

export const queryText = (query: RequestOptions['query'] = {}): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value])
      parameters.append(name, String(each));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
};

const send = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new ApiError({ code: 'unreachable', status: 0 });
  }
};

/** A clock that is less wrong than this is taken as right: answers take time, and say when they were made by the second. */
const MIN_CLOCK_ERROR_MS = 60_000;
let clockErrorMs = 0;
/** Now as the gateway has it, where this browser's clock is wrong by minutes or days. Milliseconds since the Unix epoch. */
export const gatewayNow = (): number => Date.now() - clockErrorMs;

const noteClock = ({ headers }: Response): void => {
  const errorMs = Date.now() - Date.parse(headers.get('date') ?? '');
  if (!Number.isNaN(errorMs)) clockErrorMs = Math.abs(errorMs) < MIN_CLOCK_ERROR_MS ? 0 : errorMs;
};

const bodyOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return undefined;
  return response.headers.get('content-type')?.includes('json') === true ? (JSON.parse(text) as unknown) : text;
};

/** Rejects with `ApiError` for every answer of 400 and above, and with an `AbortError` when the signal says so. */
export const request = async <T>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> => {
  const { query, body, headers, signal } = options;
  const response = await send(path + queryText(query), {
    method,
    headers: {
      accept: 'application/json',
      ...CSRF_HEADER,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
    cache: 'no-store',
    redirect: 'error',
  });
  noteClock(response);
  const read = await bodyOf(response);
  if (response.status < 400) return { status: response.status, body: read as T, headers: response.headers };
  if (response.status === 401 && path !== '/session') signedOut();
  if (response.status === 403) forbidden();
  const problem = typeof read === 'object' && read !== null ? (read as Problem) : {};
  throw new ApiError({ code: `http-${response.status}`, ...problem, status: response.status });
};

export const cofferPath = (tenant: string, rest: string): string => `/coffer/v1/${encodeURIComponent(tenant)}${rest}`;
export const kestraPath = (tenant: string, rest: string): string => `/api/v1/${encodeURIComponent(tenant)}${rest}`;
export const part = encodeURIComponent;
