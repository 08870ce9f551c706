import { until } from '../../harness/index.js';
import { SECRETS, VALUES } from './life.js';
import type { MarkerTexts } from '../../leak-scan/marker-texts.js';
import type { RecordingClient } from './recording-client.js';

/** Fills more than a disk of `FULL_DISK` holds. */
const FILLING_BYTES = 300_000;
const FILLINGS = 12;

/** A shell command for `through`: no file of the process can grow beyond 1 MiB. */
export const FULL_DISK = 'ulimit -f 2048; exec "$@"';

const read = (client: RecordingClient) =>
  client.call('read while the store is down', [502, 503, 504], 'GET', `${VALUES}/LIFE`);

/** Reads and writes while the store does not answer, and the write's end once it does again. */
export const withoutStore = async (
  client: RecordingClient,
  texts: MarkerTexts,
  store: { down(): void; up(): void },
): Promise<void> => {
  const value = texts.secret();
  store.down();
  await read(client);
  const writes = [
    client.call('write while the store is down', [503, 504], 'PUT', SECRETS, { body: { key: 'DOWN', value } }),
    client.call('queued while the store is down', [202, 503], 'PUT', SECRETS, {
      body: { key: 'DOWN_TOO', value },
      headers: { prefer: 'respond-async' },
    }),
  ];
  await Promise.all([...writes, read(client), read(client)]);
  store.up();
  await until('the write is applied once the store is back', async () => {
    const answer = await client.call('read until it is applied', [200, 404, 503, 504], 'GET', `${VALUES}/NONE`);
    return answer.status === 404;
  });
};

/** Writes until the disk is full. */
export const fillDisk = async (client: RecordingClient, texts: MarkerTexts): Promise<void> => {
  for (let number = 0; number < FILLINGS; number += 1) {
    const body = { key: `FILLING_${number}`, value: texts.large(FILLING_BYTES) };
    const answer = await client.call('write to a disk that fills', [200, 503, 504], 'PUT', SECRETS, { body });
    if (answer.status === 200) continue;
    await client.call('read from a full disk', [404], 'GET', `${VALUES}/NONE`);
    return;
  }
  client.problems.push('the disk never filled');
};
