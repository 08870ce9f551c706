import { join } from 'node:path';
import { property } from '../harness/property.js';
import { HttpConnection } from '../harness/http-connection.js';
import { NodeProcess } from '../harness/index.js';
import { authorizationCost } from './audit/authorization.js';
import { compare, type Comparison } from './comparison/compare.js';
import { report } from './comparison/report.js';
import { runRounds, warm, type Sample, type Variant } from './comparison/sample.js';
import { startBareHttp } from './subjects/bare-http.js';
import { CofferCalls, LANES } from './subjects/coffer-calls.js';
import { processorTimeOf } from './subjects/processor-time.js';

const SERVE = join(__dirname, 'audit/serve.js');
const READY_TIMEOUT_MS = 120_000;
const WARMING = 20_000;
/** Long enough for what a process finds in the processor's caches once it serves without a break. */
const SLICE_MS = 1_000;

/** What each subject does beside answering from memory. */
const SUBJECTS = ['authentication and audit', 'authentication', 'audit', 'neither'] as const;
const [ALL, WITHOUT_AUDIT, WITHOUT_AUTHENTICATION, NEITHER] = SUBJECTS;
const BARE = 'bare HTTP';

const costOf = ({ processor = NaN }: Sample): number => processor;

const comparisons = (authorization: number): readonly Comparison[] => [
  {
    figure: `cached read ×${LANES} with audit to a file / bare HTTP ×${LANES}, by processor time`,
    unit: 'times',
    aim: '≥ 0.6',
    of: (sample) => costOf(sample(BARE)) / costOf(sample(ALL)),
  },
  {
    figure: 'authentication, authorisation and audit, of the processor time of a cached read',
    unit: '%',
    aim: '≤ 35',
    of: (sample) => (100 * (costOf(sample(ALL)) - costOf(sample(NEITHER)) + authorization)) / costOf(sample(ALL)),
  },
  {
    figure: 'audit alone',
    unit: '%',
    of: (sample) => (100 * (costOf(sample(ALL)) - costOf(sample(WITHOUT_AUDIT)))) / costOf(sample(ALL)),
  },
  {
    figure: 'authentication alone',
    unit: '%',
    of: (sample) => (100 * (costOf(sample(ALL)) - costOf(sample(WITHOUT_AUTHENTICATION)))) / costOf(sample(ALL)),
  },
  {
    figure: 'authorisation alone',
    unit: '%',
    of: (sample) => (100 * authorization) / costOf(sample(ALL)),
  },
  {
    figure: 'a cached read with all of it',
    unit: 'µs of processor time',
    of: (sample) => 1_000 * costOf(sample(ALL)),
  },
];

type Cleanup = () => unknown;

const openSubject = async (what: string, cleanups: Cleanup[]) => {
  const server = NodeProcess.start([SERVE, what]);
  cleanups.push(() => server.end());
  const [, url = '', token = ''] = await server.printed(/^ready (\S+) (\S+)$/m, READY_TIMEOUT_MS);
  const calls = await CofferCalls.open({ url, token }, LANES, 'bench.reads');
  cleanups.push(() => calls.close());
  await calls.warm(/hit; detail=l1/);
  const variant: Variant = {
    ...{ name: what, concurrency: LANES, secrets: 1, warming: WARMING },
    processorTime: () => processorTimeOf(server.pid),
    call: (lane) => calls.read(lane),
  };
  return { calls, variant };
};

const openBare = async (calls: CofferCalls, cleanups: Cleanup[]): Promise<Variant> => {
  const bare = await startBareHttp(await calls.answer());
  cleanups.push(() => bare.close());
  const connections = await Promise.all(Array.from({ length: LANES }, () => HttpConnection.open(bare.port)));
  cleanups.push(() => connections.forEach((connection) => connection.close()));
  return {
    ...{ name: BARE, concurrency: LANES, secrets: 1, warming: WARMING },
    processorTime: () => processorTimeOf(bare.pid),
    call: (lane) => (connections[lane] as HttpConnection).send(calls.request).then(() => undefined),
  };
};

export default property({
  name: 'audit',
  title: 'What access and the audit cost',
  shows: 'What authentication, authorisation and the record of it take of a cached read, each switched off in turn.',
  servers: [],
  quick: { seconds: 2 },
  quickFigures: comparisons(0).map(({ figure }) => figure),
  full: { seconds: 40 },
  help: `Measures cached reads of four gateways, each a process of its own: with authentication and audit to a file, without the
one, without the other, without both; and a bare node:http server that answers the same bytes. The variants take turns in
slices of a second, and what one request takes of processors is compared, which other work on the machine disturbs less. What
authorisation takes is measured by itself.

  --seconds N   how long to measure`,
  run: async ({ seconds }) => {
    const cleanups: Cleanup[] = [];
    try {
      const variants: Variant[] = [];
      for (const what of SUBJECTS) {
        const { calls, variant } = await openSubject(what, cleanups);
        if (what === ALL) variants.push(await openBare(calls, cleanups));
        variants.push(variant);
      }
      for (const variant of variants) await warm(variant);
      const rounds = await runRounds(variants, seconds, SLICE_MS);
      return report('Access and audit', compare(comparisons(authorizationCost()), rounds), rounds);
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  },
});
