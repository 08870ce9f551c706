import { readFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Of one answer. The keys of the largest issuers take some 20 KB. */
export const MAX_ANSWER_BYTES = 256 * 1024;
export const FETCH_TIMEOUT_MS = 5_000;

/** Why something could not be fetched; the message quotes nothing that was answered. */
export class FetchError extends Error {}

const get = (address: string, ca: string | undefined, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = address.startsWith('https:') ? requestHttps : requestHttp;
    const options = { agent: false, signal, headers: { accept: 'application/json', 'accept-encoding': 'identity' } };
    request(address, { ...options, ...(ca === undefined ? {} : { ca }) }, (response) => {
      const refuse = (reason: string): void => {
        reject(new FetchError(reason));
        response.destroy();
      };
      // A redirect could lead anywhere.
      if (response.statusCode !== 200) return refuse(`it answered with status ${response.statusCode}`);
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) refuse(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('aborted', () => reject(new FetchError('it cut the connection')));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    })
      .on('error', reject)
      .end();
  });

const reasonOf = (error: unknown): string => {
  if (error instanceof FetchError) return error.message;
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') return `it took longer than ${FETCH_TIMEOUT_MS} ms`;
  return typeof code === 'string' ? code : 'it cannot be reached';
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new FetchError('its answer is no JSON');
  }
};

/** What a GET answers, bounded in bytes and time. `ca` names a file. Throws `FetchError` alone. */
export const fetchJson = async (address: string, ca?: string): Promise<unknown> => {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  try {
    const trusted = ca === undefined ? undefined : await readFile(ca, 'utf8');
    return parse(await get(address, trusted, signal));
  } catch (error) {
    throw new FetchError(reasonOf(error));
  }
};

/** What a file holds, by the same bounds. Throws `FetchError` alone. */
export const readJson = async (file: string): Promise<unknown> => {
  try {
    const bytes = await readFile(file, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (bytes.length > MAX_ANSWER_BYTES) throw new FetchError(`the file is longer than ${MAX_ANSWER_BYTES} bytes`);
    return parse(bytes.toString('utf8'));
  } catch (error) {
    throw new FetchError(reasonOf(error));
  }
};
