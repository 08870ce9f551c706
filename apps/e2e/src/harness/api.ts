export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body read as JSON, by the caller's word about its shape. Throws with the text when it is none. */
  json<T = Record<string, unknown>>(): T;
}

export interface CallOptions {
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Api {
  /** `path` from the root, sent as it is but for what `URL` escapes. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  put(namespace: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  patch(namespace: string, key: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  delete(namespace: string, key: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** `query` without its `?`. */
  list(query?: string): Promise<Answer>;
  inherited(namespace: string): Promise<Answer>;
  value(namespace: string, key: string, query?: string): Promise<Answer>;
  resolve(namespace: string, keys: readonly unknown[]): Promise<Answer>;
  operation(id: string): Promise<Answer>;
  /** Rejects what has a time limit and is under way: its process is gone. */
  close(): void;
}

export interface ApiOptions {
  /** Default `main`. */
  readonly tenant?: string;
  /** Instead of the bearer token; empty for none. */
  readonly authorization?: string;
  /** A call without an answer rejects after this time. Defaults to none. */
  readonly timeoutMs?: number;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`this answer is not JSON: ${text}`);
  }
};

/** A client of Kestra's API and of Coffer's. A status is an answer, never an error. */
export const api = (url: string, token: string, options: ApiOptions = {}): Api => {
  const { tenant = 'main', authorization = `Bearer ${token}`, timeoutMs } = options;
  const closed = new AbortController();
  const kestra = `/api/v1/${tenant}`;
  const coffer = `/coffer/v1/${tenant}`;
  const key = encodeURIComponent;
  const query = (text: string): string => (text === '' ? '' : `?${text}`);

  const signalOf = (signal: AbortSignal | undefined): AbortSignal | undefined =>
    timeoutMs === undefined
      ? signal
      : AbortSignal.any([closed.signal, AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);

  const call = async (
    method: string,
    path: string,
    { body, headers, signal: given }: CallOptions = {},
  ): Promise<Answer> => {
    const signal = signalOf(given);
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(authorization === '' ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: <T>() => parse(text) as T };
  };

  return {
    call,
    put: (namespace, body, headers = {}) => call('PUT', `${kestra}/namespaces/${namespace}/secrets`, { body, headers }),
    patch: (namespace, name, body, headers = {}) =>
      call('PATCH', `${kestra}/namespaces/${namespace}/secrets/${key(name)}`, { body, headers }),
    delete: (namespace, name, headers = {}) =>
      call('DELETE', `${kestra}/namespaces/${namespace}/secrets/${key(name)}`, { headers }),
    list: (text = '') => call('GET', `${kestra}/secrets${query(text)}`),
    inherited: (namespace) => call('GET', `${kestra}/namespaces/${namespace}/inherited-secrets`),
    value: (namespace, name, text = '') =>
      call('GET', `${coffer}/namespaces/${namespace}/values/${key(name)}${query(text)}`),
    resolve: (namespace, keys) => call('POST', `${coffer}/namespaces/${namespace}/resolve`, { body: { keys } }),
    operation: (id) => call('GET', `${coffer}/operations/${id}`),
    close: () => closed.abort(),
  };
};
