import { parseArgs } from 'node:util';
import { TestCluster } from './cluster/index.js';
import { startCoffer } from './harness/index.js';
import { runCommand } from './measure/index.js';
import { memoryProperty } from './benchmarks/memory/measure.js';

const HELP = `Writes as fast as they are taken, over 16 connections, and shows what each process has resident.

Usage: node apps/e2e/dist/memory.js --mode embedded|kafka [--seconds N] [--after N] [--sample N]

  --mode MODE   embedded: npm start; kafka: one of each role over Kafka and PostgreSQL
  --seconds N   how long the load lasts, default 1800
  --after N     how long the processes are watched after it, in seconds, default 540: the window and a while
  --sample N    seconds between two samples, default 60
`;

const text = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    mode: text('embedded'),
    seconds: text('1800'),
    after: text('540'),
    sample: text('60'),
    help: { type: 'boolean', default: false },
  },
});

const times = {
  seconds: Number(values.seconds),
  afterSeconds: Number(values.after),
  sampleSeconds: Number(values.sample),
};

const embedded = async () => {
  const coffer = await startCoffer();
  try {
    const { url, token, pid } = coffer;
    const watched = [{ name: 'standalone', pid, url }];
    return await memoryProperty({ ...times, subject: 'embedded', watched, url, token, aimMb: 400 });
  } finally {
    await coffer.stop();
  }
};

const overKafka = async () => {
  const cluster = await TestCluster.open({
    store: 'jdbc-postgresql',
    counts: { gateway: 1, 'secret-worker': 1, 'cache-invalidator': 1 },
  });
  try {
    const [gateway] = cluster.of('gateway');
    if (gateway === undefined) throw new Error('there is no gateway');
    const watched = (['gateway', 'secret-worker', 'cache-invalidator'] as const).flatMap((role) =>
      cluster.of(role).map(({ pid, address }) => ({ name: role, pid, url: address })),
    );
    const { token } = cluster;
    return await memoryProperty({ ...times, subject: 'over Kafka', watched, url: gateway.address, token });
  } finally {
    await cluster.close();
  }
};

if (values.help) process.stdout.write(HELP);
else void runCommand(values.mode === 'kafka' ? overKafka : embedded);
