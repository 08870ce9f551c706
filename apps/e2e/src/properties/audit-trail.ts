import { ChainVerifier } from '@coffer/audit';
import { property } from '../harness/property.js';
import { removeFolder, scratchFolder, until } from '../harness/index.js';
import { assert, assertEqual, combine, forEach, show, type Outcome } from '../harness/outcome.js';
import { AuditedGateway, VALUE, type Answer } from './audit-trail/gateway.js';
import { KEYS, put, read, traffic } from './audit-trail/requests.js';
import { blockedPipe, fullDisk, fullFile, goneBroker, goneCollector, type BreakableSink } from './audit-trail/sinks.js';

/**
 * How long an answer waits for its record. Where records and values are counted against each other, none may wait in vain on a
 * machine that is busy: an answer that was refused may have a record whose write was under way, or none.
 */
const [PATIENT, IMPATIENT] = ['1m', '300ms'];

interface Row {
  readonly action: string;
  readonly outcome?: string;
  readonly request?: string;
  readonly chain: string;
  readonly seq: number;
}

/** Each once: a collector may get a line twice. */
const rowsOf = (text: string): readonly Row[] => {
  const rows = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);
  const once = new Map(rows.map((row) => [`${row.chain} ${row.seq}`, row]));
  return [...once.values()].filter(({ request }) => request !== undefined);
};

const readsIn = (rows: readonly Row[]): readonly Row[] => rows.filter(({ action }) => action === 'secret.read');
const valuesIn = (rows: readonly Row[]): number => readsIn(rows).filter(({ outcome }) => outcome === 'ok').length;

/** Answers that no request of the traffic has where its records are taken. */
const refusedIn = (answers: readonly Answer[]): number =>
  answers.filter(({ status }) => ![200, 304, 401, 403, 404].includes(status)).length;

const problemsOf = (text: string): number => {
  const verifier = new ChainVerifier();
  for (const line of text.split('\n').slice(0, -1)) verifier.add(line);
  return verifier.result().problems.length;
};

/** How many cuts no verification finds: each of some lines is removed, or made empty, alone. */
const missedCuts = (text: string): number => {
  const lines = text.split('\n').slice(0, -1);
  const places = [1, Math.floor(lines.length / 2), lines.length - 2];
  const cuts = places.flatMap((at) => [lines.toSpliced(at, 1), lines.toSpliced(at, 1, '')]);
  return cuts.filter((left) => problemsOf(`${left.join('\n')}\n`) === 0).length;
};

/** Every secret written, and in the memory of the gateway. */
const prepare = async (gateway: AuditedGateway): Promise<number> => {
  let values = 0;
  for (const key of KEYS) {
    await until('a secret is written', async () => (await put(gateway, key)).status === 200);
    values += (await read(gateway, key)).values + (await read(gateway, key)).values;
  }
  return values;
};

const withGateway = async (
  sink: BreakableSink,
  timeout: string,
  use: (gateway: AuditedGateway) => Promise<Outcome>,
): Promise<Outcome> => {
  try {
    const gateway = await AuditedGateway.start(sink, timeout);
    try {
      return await use(gateway);
    } finally {
      await gateway.end();
    }
  } finally {
    await sink.close();
  }
};

const complete = (sink: BreakableSink, requests: number): Promise<Outcome> =>
  withGateway(sink, PATIENT, async (gateway) => {
    await prepare(gateway);
    const before = (await sink.lines(gateway)).length;
    const { answers, values, records } = await traffic(gateway, requests);
    const text = await sink.lines(gateway);
    const reads = readsIn(rowsOf(text.slice(before)));
    return combine(
      show('requests of all kinds', requests, 'requests'),
      show('values given out, counted on the wire', values, 'values'),
      assertEqual('answers refused, or cut, while it takes records', refusedIn(answers), 'answers', 0),
      assertEqual('records of values given out, beyond those on the wire', valuesIn(reads) - values, 'records', 0),
      assertEqual('records of reads, beyond those that the requests make', reads.length - records, 'records', 0),
      assertEqual('problems of the chain', problemsOf(text), 'lines', 0),
      assertEqual('values in the audit', text.split(VALUE).length - 1, 'values', 0),
      assertEqual('cut lines that are not found', missedCuts(text), 'lines', 0),
    );
  });

const broken = (sink: BreakableSink, requests: number): Promise<Outcome> =>
  withGateway(sink, IMPATIENT, async (gateway) => {
    let values = await prepare(gateway);
    await sink.break(gateway);
    // What still fits into a pipe is taken.
    for (let status = 200; status !== 503;) {
      const answer = await read(gateway);
      values += answer.values;
      status = answer.status;
    }
    const during = await traffic(gateway, requests);
    const written = (await put(gateway, 'NEVER')).status;
    await sink.mend(gateway);
    await until('values are given out again', async () => {
      const answer = await read(gateway);
      values += answer.values;
      return answer.status === 200;
    });
    const text = await sink.lines(gateway);
    const unaudited = Math.max(0, values - valuesIn(rowsOf(text)));
    return combine(
      show('requests while it takes nothing', requests, 'requests'),
      assertEqual('values on the wire while it takes nothing', during.values, 'values', 0),
      assertEqual('values on the wire without a record', unaudited, 'values', 0),
      assertEqual('problems of the chain', problemsOf(text), 'lines', 0),
      assert(written === 503, `a write was answered ${written}`),
      assert(
        during.answers.every(({ status }) => [401, 403, 404, 503].includes(status)),
        'an answer was neither a refusal nor 503',
      ),
    );
  });

export default property({
  name: 'audit-trail',
  title: 'No value without a record',
  shows:
    'Every value that leaves a gateway has a record, which some sink took before; a sink that takes nothing lets nothing out, and recovers by itself.',
  servers: [],
  ownServers: ['kafka'],
  quick: { requests: 400, during: 32, concurrency: 3 },
  full: { requests: 10_000, during: 400, concurrency: 1 },
  help: `Reads through a gateway in a process of its own: from memory and from the store, batches, HEAD, conditions that answer 304,
absent keys, without credentials and without permission. Values are counted among the bytes that come from the socket. Then
each sink is broken: a disk that is full, a file that cannot grow, a pipe that nobody reads, a collector and a broker that are gone.

  --requests N      requests while the sink takes records
  --during N        requests while it takes none
  --concurrency N   sinks at the same time`,
  run: async ({ requests, during, concurrency }) => {
    const folder = scratchFolder();
    const sinks = {
      'a full disk': fullDisk,
      'a full file': fullFile,
      'a blocked pipe': blockedPipe,
      'a collector that is gone': goneCollector,
      'a broker that is gone': goneBroker,
    };
    try {
      const whole = await complete(fullFile(folder), requests);
      const one = async (name: keyof typeof sinks): Promise<Outcome> => {
        const scratch = scratchFolder();
        try {
          return await broken(await sinks[name](scratch), during);
        } finally {
          removeFolder(scratch);
        }
      };
      const faults = await forEach(Object.keys(sinks) as (keyof typeof sinks)[], one, { concurrency });
      return combine(whole, faults);
    } finally {
      removeFolder(folder);
    }
  },
});
