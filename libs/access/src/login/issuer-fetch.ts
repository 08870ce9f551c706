import { boundedRequest, FetchError } from '../jwt/bounded-request.js';
import { issuerAddress } from '../jwt/issuer-address.js';

/** As much of a request as `openid-client` makes. */
interface Options {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * How `openid-client` asks an issuer: at addresses that may be asked alone, bounded in bytes and time, without following
 * redirects. Rejects with `FetchError`, also where the issuer itself has failed.
 */
export const issuerFetch =
  (discovery: string, ca: string | undefined) =>
  async (address: string, { method, headers, body }: Options): Promise<Response> => {
    const url = issuerAddress(address, 'endpoint', discovery);
    const text = body instanceof URLSearchParams || typeof body === 'string' ? String(body) : undefined;
    const answer = await boundedRequest(url.href, {
      ...{ method: method === 'POST' ? 'POST' : 'GET', headers, ca },
      ...(text === undefined ? {} : { body: text }),
    });
    const { status } = answer;
    if (status >= 500 || status === 429) throw new FetchError(`it answered with status ${status}`);
    const type = answer.headers['content-type'];
    return new Response(NO_BODY.has(status) ? null : answer.text, {
      status,
      headers: type === undefined ? {} : { 'content-type': type },
    });
  };
