import { readFile } from 'node:fs/promises';
import { request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { certificatesOf, looksLikePem, PemProblem } from '@coffer/config';

/** Limit of one answer. The keys of the largest issuers take some 20 KB. */
export const MAX_ANSWER_BYTES = 256 * 1024;
export const FETCH_TIMEOUT_MS = 5_000;

/** Why something could not be fetched; the message quotes nothing that was answered. */
export class FetchError extends Error {}

export interface BoundedRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the authorities to trust, in any form in which people have it, or the name of a file that holds it. */
  readonly ca?: string | undefined;
}

export interface BoundedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const send = (
  address: string,
  { method = 'GET', headers, body }: BoundedRequest,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<BoundedAnswer> =>
  new Promise((resolve, reject) => {
    const request = address.startsWith('https:') ? requestHttps : requestHttp;
    const accepted = { accept: 'application/json', ...headers, 'accept-encoding': 'identity' };
    const options = { agent: false, signal, method, headers: accepted, ...(ca === undefined ? {} : { ca }) };
    const sent = request(address, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_ANSWER_BYTES) return void chunks.push(chunk);
        reject(new FetchError(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`));
        response.destroy();
      });
      response.on('error', reject);
      response.on('aborted', () => reject(new FetchError('it cut the connection')));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    // Without a listener the connection is closed, and neither `response` nor `error` is emitted.
    sent.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new FetchError('it switches to another protocol'));
    });
    sent.end(body);
  });

/** Node trusts nobody, and does not say why, where it can read no certificate. */
const authoritiesOf = async (ca: string): Promise<string> => {
  try {
    return certificatesOf(looksLikePem(ca) ? ca : await readFile(ca, 'utf8'));
  } catch (error) {
    throw new FetchError(error instanceof PemProblem ? `its ca ${error.message}` : 'the file of its ca cannot be read');
  }
};

export const fetchErrorOf = (error: unknown): FetchError => {
  if (error instanceof FetchError) return error;
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError')
    return new FetchError(`it took longer than ${FETCH_TIMEOUT_MS} ms`);
  return new FetchError(typeof code === 'string' ? code : 'it cannot be reached');
};

/** What is answered, whatever its status, bounded in bytes and time; no redirect is followed. Throws `FetchError` alone. */
export const boundedRequest = async (address: string, options: BoundedRequest = {}): Promise<BoundedAnswer> => {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  try {
    return await send(address, options, options.ca === undefined ? undefined : await authoritiesOf(options.ca), signal);
  } catch (error) {
    throw fetchErrorOf(error);
  }
};
