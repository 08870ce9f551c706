import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { endWithNpm } from './end-with-npm.ts';
import { startCluster } from '@coffer/test-cluster';
import { stores } from '@coffer/test-cluster/stores';

const help = `The distributed system on this machine, without Docker, in the foreground.

  npm run cluster -- --store jdbc-postgresql --gateways 2 --workers 2 --invalidators 2

  --store NAME        ${Object.keys(stores).join(', ')};
                      default jdbc-postgresql
  --gateways N        default 2
  --workers N         default 2
  --invalidators N    default 2
  --brokers N         of Kafka, started for this cluster alone; with three or more, one may be lost without a pause
                      longer than a few seconds; default one, which may be one that is there
  --cache             reads are cached, coherently, over Redis (kestra.secret.cache.enabled)
  --help              this text

Starts Kafka, the store and, with --cache, Redis (addresses in the environment first: see npm run servers -- --help),
then the services, each a process. When all are ready it prints one line of JSON: the gateways' addresses, a token, each
process's role, pid and port, and the addresses of Kafka and the store. Ctrl-C ends all of it; a process that dies is
reported and not restarted.`;

const tell = (line: string) => process.stderr.write(`cluster: ${line}\n`);

function count(name: string, text: string | undefined) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1`);
  return number;
}

const main = async () => {
  const number = { type: 'string', default: '2' } as const;
  const { values } = parseArgs({
    options: {
      store: { type: 'string', default: 'jdbc-postgresql' },
      ...{ gateways: number, workers: number, invalidators: number },
      brokers: { type: 'string' },
      cache: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(`${help}\n`);
  const counts = {
    gateway: count('gateways', values.gateways),
    'secret-worker': count('workers', values.workers),
    'cache-invalidator': count('invalidators', values.invalidators),
  };
  endWithNpm();
  await build();
  const asked = new Promise((resolve) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, resolve)));
  const cluster = await startCluster({
    store: values.store,
    counts,
    log: tell,
    ...(values.brokers !== undefined && { brokers: count('brokers', values.brokers) }),
    ...(values.cache && { cache: {} }),
  });
  const { token, kafka, store } = cluster;
  const processes = cluster.processes();
  const gateways = processes.filter(({ role }) => role === 'gateway').map(({ address }) => address);
  const shown = processes.map(({ role, pid, port }) => ({ role, pid, port }));
  process.stdout.write(`${JSON.stringify({ gateways, token, processes: shown, kafka, store })}\n`);
  await asked;
  await cluster.stop();
};

main().then(
  () => process.exit(),
  (error: Error) => {
    tell(error.message);
    process.exit(1);
  },
);
