import { readFile } from 'node:fs/promises';
import { boundedRequest, FETCH_TIMEOUT_MS, FetchError, fetchErrorOf, MAX_ANSWER_BYTES } from './bounded-request.js';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new FetchError('its answer is no JSON');
  }
};

/** What a GET answers, bounded in bytes and time. `ca` names a file. Throws `FetchError` alone. */
export const fetchJson = async (address: string, ca?: string): Promise<unknown> => {
  const { status, text } = await boundedRequest(address, { ca });
  // A redirect could lead anywhere.
  if (status !== 200) throw new FetchError(`it answered with status ${status}`);
  return parse(text);
};

/** What a file holds, by the same bounds. Throws `FetchError` alone. */
export const readJson = async (file: string): Promise<unknown> => {
  try {
    const bytes = await readFile(file, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (bytes.length > MAX_ANSWER_BYTES) throw new FetchError(`the file is longer than ${MAX_ANSWER_BYTES} bytes`);
    return parse(bytes.toString('utf8'));
  } catch (error) {
    throw fetchErrorOf(error);
  }
};
