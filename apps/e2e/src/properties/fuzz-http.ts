import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '@coffer/coherence/simulation';
import { requestBytes } from '../harness/http-connection.js';
import { api, startCoffer, type Coffer } from '../harness/index.js';
import { assert, assertEqual, combine, details, printError, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { mutated } from '../workload/byte-mutations.js';
import { sendRaw } from './fuzz-http/connection.js';
import { mutatedWithinFrame } from './fuzz-http/framed.js';
import { seedsOf, TOKENS, type ApiDocument } from './fuzz-http/seeds.js';

interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
}

const LANES = 32;
const MAX_REQUESTS = 4;
/** Of a gateway that has no room for so much at once; nothing else of 500 and more is expected. */
const EXPECTED = /^503 .*"code":"overloaded"/;
/** The frame of a request is changed as often as only what is in it; others stay right. */
const KINDS: readonly ((random: SeededRandom, seeds: readonly Buffer[]) => Buffer)[] = [
  (random, seeds) => random.pick(seeds),
  mutatedWithinFrame,
  mutatedWithinFrame,
  (random, seeds) => mutated(random, seeds, TOKENS),
  (random, seeds) => mutated(random, seeds, TOKENS),
];
const CONFIG = JSON.stringify({ kestra: { secret: { cache: { enabled: true, expireAfterWrite: '1h' } } } });
/** Searches of a long audit would take most of the time: it begins anew after so many requests. */
const AUDIT_REQUESTS = 2_000;
/** Of mutated writes that were right, and of what the compilers make. */
const MAX_GROWTH_MB = 150;
const NAMESPACE = 'kept.apart';

const residentMegabytes = ({ pid }: Coffer): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

const fuzz = async (coffer: Coffer, { requests, seed }: FuzzOptions): Promise<Outcome> => {
  const port = Number(new URL(coffer.url).port);
  const client = api(coffer.url, coffer.token);
  await client.put(NAMESPACE, { key: 'KEY', value: 'kept' });
  const document = (await client.call('GET', '/openapi.json')).json<ApiDocument>();
  const audit = join(coffer.dataFolder, 'audit.jsonl');
  const seeds = seedsOf(document, coffer.token);
  const last = requestBytes('GET', '/health/live', { headers: { connection: 'close' } });
  const random = new SeededRandom(seed);
  const statuses = new Map<number, number>();
  const [faults, wrong]: [string[], string[]] = [[], []];
  let [sent, cut, residentAfterFifth] = [0, 0, 0];
  const lane = async (): Promise<void> => {
    while (sent < requests) {
      const parts = Array.from({ length: random.integer(1, MAX_REQUESTS) }, () => random.pick(KINDS)(random, seeds));
      sent += parts.length;
      if (sent % AUDIT_REQUESTS < parts.length) truncateSync(audit);
      const bytes = Buffer.concat([...parts, last]);
      const answers = await sendRaw(port, bytes);
      cut += Number(answers.cut);
      for (const status of answers.statuses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const unexpected = answers.faults.filter((fault) => !EXPECTED.test(fault));
      if (unexpected.length > 0) {
        faults.push(`${unexpected.join(' | ').slice(0, 400)} answers ${bytes.toString('base64').slice(0, 3_000)}`);
      }
      if (residentAfterFifth === 0 && sent > requests / 5) residentAfterFifth = residentMegabytes(coffer);
      if (sent % 50_000 < MAX_REQUESTS)
        printError(`${sent} of ${requests}: ${residentMegabytes(coffer).toFixed(0)} MB`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const { status, text } = await client.value(NAMESPACE, 'KEY');
  if (status !== 200 || !text.includes('"kept"')) wrong.push(`a read after all of them is answered ${status}`);
  const written = await client.put(NAMESPACE, { key: 'KEY', value: 'again' });
  if (written.status !== 200) wrong.push(`a write after all of them is answered ${written.status}`);
  const growth = Math.max(0, Math.ceil(residentMegabytes(coffer) - residentAfterFifth) - MAX_GROWTH_MB);
  const errors = coffer
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"level":50'));
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([code, count]) => `${code}: ${count}`);
  return combine(
    show('mutated requests, several on one connection', sent, 'requests'),
    show('calls that the seeds are made of', seeds.length, 'requests'),
    show('answers', counts.join(', '), 'answers by status'),
    show('connections that were silent until they were cut', cut, 'connections'),
    assertEqual('unexpected answers of 500 and more', faults.length, 'connections', 0),
    assertEqual(`resident memory that grew by more than ${MAX_GROWTH_MB} MB`, growth, 'MB', 0),
    assertEqual('errors that the process logged', errors.length, 'lines', 0),
    details(errors, 5),
    assert(wrong.length === 0, wrong.join('; ')),
    details(faults, 20),
  );
};

export default property({
  name: 'fuzz-http',
  title: 'Mutated requests on the socket',
  shows:
    'No bytes on a connection end the gateway, are answered with an unexpected error of its own, or let its memory grow.',
  servers: [],
  quick: { requests: 15_000 },
  full: { requests: 1_000_000, seed: 1 },
  help: `Takes a right request for every call of /openapi.json, changes it in one to four places (of the whole, or of its
target or body alone), and sends one to four such requests on
one connection of the embedded server, the last one always right.

  --requests N   in all
  --seed N       the same requests for the same seed`,
  run: async (options) => {
    const coffer = await startCoffer({ config: CONFIG });
    try {
      const outcome = await fuzz(coffer, options);
      const ended = await Promise.race([coffer.exited, Promise.resolve(undefined)]);
      return combine(outcome, assert(ended === undefined, 'the process ended'));
    } finally {
      await coffer.stop();
    }
  },
});
