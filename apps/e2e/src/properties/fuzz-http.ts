import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '@coffer/coherence/simulation';
import { residentBytes } from '@coffer/test-servers/process-facts';
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

/** Connections at once of requests whose frame is right: what is under way on them is below what a gateway lets in. */
const FRAMED_LANES = 2;
const FRAMED_REQUESTS = 12;
/** Others may be silent until they are cut. */
const BROKEN_LANES = 24;
const BROKEN_REQUESTS = 2;
/** Share of answers to requests whose frame was changed: the parser refuses most of them. */
const BROKEN_SHARE = 0.2;
/** The answer of a gateway that has no room for so much at once; nothing else of 500 and more is expected. */
const EXPECTED = /^503 .*"code":"overloaded"/;
const RIGHT_SHARE = 1 / 8;
const framed = (random: SeededRandom, seeds: readonly Buffer[]): Buffer =>
  random.chance(RIGHT_SHARE) ? random.pick(seeds) : mutatedWithinFrame(random, seeds);
const broken = (random: SeededRandom, seeds: readonly Buffer[]): Buffer => mutated(random, seeds, TOKENS);
const CONFIG = JSON.stringify({ kestra: { secret: { cache: { enabled: true, expireAfterWrite: '1h' } } } });
/** Most answers are errors, and frames of a stack, which none of them shows, are a quarter of what they cost the process. */
const WITHOUT_FRAMES = { NODE_OPTIONS: '--stack-trace-limit=0' };
/** Searches of a long audit would take most of the time: it begins anew after so many requests. */
const AUDIT_REQUESTS = 2_000;
/** Memory of mutated writes that were right, and of what the compilers make. */
const MAX_GROWTH_MB = 150;
const REPORT_REQUESTS = 50_000;
/** A gateway that leaves so many connections silent until they are cut hangs. */
const MAX_CUT = 200;
const NAMESPACE = 'kept.apart';

const residentMib = ({ pid }: Coffer): number => residentBytes(pid) / 1_048_576;

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
  let [sent, answered, cut, residentAfterFifth, nextTruncation, nextReport] = [0, 0, 0, 0, 0, 0];
  const exchange = async (parts: readonly Buffer[]): Promise<number> => {
    sent += parts.length;
    const bytes = Buffer.concat([...parts, last]);
    const answers = await sendRaw(port, bytes);
    cut += Number(answers.cut);
    for (const status of answers.statuses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const unexpected = answers.faults.filter((fault) => !EXPECTED.test(fault));
    if (unexpected.length > 0) {
      faults.push(`${unexpected.join(' | ').slice(0, 400)} answers ${bytes.toString('base64').slice(0, 3_000)}`);
    }
    // What follows a request that ends the connection is not answered.
    return Math.min(parts.length, answers.statuses.length);
  };
  const observe = (): void => {
    if (answered >= nextTruncation) {
      truncateSync(audit);
      nextTruncation += AUDIT_REQUESTS;
    }
    if (residentAfterFifth === 0 && answered > requests / 5) residentAfterFifth = residentMib(coffer);
    if (answered < nextReport) return;
    printError(`${answered} of ${requests}: ${residentMib(coffer).toFixed(0)} MB`);
    nextReport += REPORT_REQUESTS;
  };
  const sendAll = async (make: typeof framed, lanes: number, most: number, wanted: number): Promise<void> => {
    let own = 0;
    const lane = async (): Promise<void> => {
      while (own < wanted && cut < MAX_CUT) {
        const taken = await exchange(Array.from({ length: random.integer(1, most) }, () => make(random, seeds)));
        own += taken;
        answered += taken;
        observe();
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };
  const brokenRequests = requests * BROKEN_SHARE;
  await Promise.all([
    sendAll(framed, FRAMED_LANES, FRAMED_REQUESTS, requests - brokenRequests),
    sendAll(broken, BROKEN_LANES, BROKEN_REQUESTS, brokenRequests),
  ]);
  const { status, text } = await client.value(NAMESPACE, 'KEY');
  if (status !== 200 || !text.includes('"kept"')) wrong.push(`a read after all of them is answered ${status}`);
  const written = await client.put(NAMESPACE, { key: 'KEY', value: 'again' });
  if (written.status !== 200) wrong.push(`a write after all of them is answered ${written.status}`);
  const growth = Math.max(0, Math.ceil(residentMib(coffer) - residentAfterFifth) - MAX_GROWTH_MB);
  const errors = coffer
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"level":50'));
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([code, count]) => `${code}: ${count}`);
  return combine(
    show('mutated requests that were answered, several on one connection', answered, 'requests'),
    show('mutated requests that were sent', sent, 'requests'),
    show('calls that the seeds are made of', seeds.length, 'requests'),
    show('answers', counts.join(', '), 'answers by status'),
    show('connections that were silent until they were cut', cut, 'connections'),
    assert(cut < MAX_CUT, 'the gateway neither answers nor closes its connections'),
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
  quick: { requests: 200_000 },
  full: { requests: 1_000_000, seed: 1 },
  help: `Takes a right request for every call of /openapi.json, changes it in one to four places (four fifths in target or
body alone, the others anywhere), and sends up to twelve such requests on one connection of the embedded server, the
last one always right.

  --requests N   that are answered: what follows one that ends its connection is not
  --seed N       the same requests for the same seed`,
  run: async (options) => {
    const coffer = await startCoffer({ config: CONFIG, env: WITHOUT_FRAMES });
    try {
      const outcome = await fuzz(coffer, options);
      const ended = await Promise.race([coffer.exited, Promise.resolve(undefined)]);
      return combine(outcome, assert(ended === undefined, 'the process ended'));
    } finally {
      await coffer.stop();
    }
  },
});
