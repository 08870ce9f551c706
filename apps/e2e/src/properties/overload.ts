import { setTimeout as pause } from 'node:timers/promises';
import { residentBytes } from '@coffer/test-servers/process-facts';
import { api, startCoffer, type Coffer } from '../harness/index.js';
import { requestBytes } from '../harness/http-connection.js';
import {
  aimAtMost,
  assert,
  assertEqual,
  combine,
  details,
  printError,
  show,
  type Outcome,
} from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { closedLoop, openLoop, percentile, type LoadResult } from './overload/open-loop.js';

const NAMESPACE = 'company.team';
const SECRETS = 200;
/** Callers who each wait for their answer: what they get through is what the machine can do. */
const CALLERS = 32;
/** Share of what they get through that is the sustained load. */
const SUSTAINED = 0.8;
const TIMES = 3;
/** One of so many requests is a write. */
const WRITE_EVERY = 10;
const MIB = 1_048_576;
/** What the memory of a process may grow by while it is overloaded. */
const MAX_GROWTH = 300;

const residentMib = (pid: number): number => residentBytes(pid) / MIB;

/** Nine reads of the store, then a write. */
const mixOf = (token: string): (() => Buffer) => {
  let count = 0;
  return () => {
    count += 1;
    const key = `KEY_${(count * 7) % SECRETS}`;
    if (count % WRITE_EVERY > 0) {
      return requestBytes('GET', `/coffer/v1/main/namespaces/${NAMESPACE}/values/${key}`, { token });
    }
    const body = { key, value: `value ${count}` };
    return requestBytes('PUT', `/api/v1/main/namespaces/${NAMESPACE}/secrets`, { token, body });
  };
};

/** Asks for health and metrics while the load runs. */
const watch = async ({ url, token, pid }: Coffer, load: Promise<LoadResult>) => {
  const client = api(url, token);
  let running = true;
  const end = (): void => void (running = false);
  void load.then(end, end);
  let [asked, answered, most] = [0, 0, 0];
  while (running) {
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      asked += 1;
      if ((await client.call('GET', path)).status === 200) answered += 1;
    }
    most = Math.max(most, residentMib(pid));
    await pause(200);
  }
  return { unanswered: asked - answered, asked, mostMib: most };
};

const round = (value: number): number => Number(value.toPrecision(3));

const measure = async (coffer: Coffer, seconds: number): Promise<Outcome> => {
  const port = Number(new URL(coffer.url).port);
  const client = api(coffer.url, coffer.token);
  for (let index = 0; index < SECRETS; index += 1) {
    const { status, text } = await client.put(NAMESPACE, { key: `KEY_${index}`, value: `value ${index}` });
    if (status !== 200) throw new Error(`a write was answered ${status}: ${text}`);
  }
  const request = mixOf(coffer.token);
  await closedLoop(port, request, { connections: CALLERS, seconds: seconds / 3 });
  const most = await closedLoop(port, request, { connections: CALLERS, seconds });
  const perSecond = (SUSTAINED * most.admittedMs.length) / seconds;
  printError(`sustained: ${round(perSecond)} requests a second`);
  const once = await openLoop(port, request, { perSecond, seconds });
  const before = residentMib(coffer.pid);
  const load = openLoop(port, request, { perSecond: perSecond * TIMES, seconds });
  const [seen, over] = await Promise.all([watch(coffer, load), load]);
  const [usual, loaded] = [percentile(once.admittedMs, 0.99), percentile(over.admittedMs, 0.99)];
  const wrong = [...most.wrong, ...once.wrong, ...over.wrong];
  const growth = seen.mostMib - before;
  return combine(
    show('sustained', round(perSecond), 'requests a second, one of ten a write'),
    show('p99 at the sustained load', round(usual), 'ms'),
    show(`p99 of what is let in at ${TIMES} times that`, round(loaded), 'ms'),
    aimAtMost(
      `p99 of what is let in at ${TIMES} times, of that at the sustained load`,
      round(loaded / usual),
      'times',
      3,
    ),
    show(
      `let in at ${TIMES} times, of the sustained load`,
      round(over.admittedMs.length / seconds / perSecond),
      'times',
    ),
    show('refused with Retry-After', over.refused, 'requests'),
    assertEqual('neither answered nor refused so', wrong.length, 'requests', 0),
    assertEqual('health and metrics not answered under it', seen.unanswered, 'requests', 0),
    show('memory, beyond that at the sustained load', round(Math.max(0, growth)), 'MiB'),
    details([...new Set(wrong)]),
    assert(seen.asked > 0, 'nobody asked for health'),
    assert(over.sent > 0 && over.admittedMs.length > 0, 'nothing was let in under the load'),
    assert(growth < MAX_GROWTH, `the memory grew by ${round(growth)} MiB under the load`),
  );
};

export default property({
  name: 'overload',
  title: 'Three times what can be answered',
  shows:
    'A gateway that is asked for more than it can answer refuses the rest with 503 and Retry-After, and answers what it lets in about as soon as before.',
  servers: [],
  quick: { seconds: 3 },
  full: { seconds: 30 },
  help: `A whole Coffer in a process of its own, on its embedded database and without a cache: reads of the store and writes.
What ${CALLERS} callers get through who each wait for their answer tells what the machine can do; ${SUSTAINED} of that is the sustained load.
Then requests come at that rate, and at ${TIMES} times that rate, whatever the answers. The time of each counts from when it was due.

  --seconds N   of each load`,
  run: async ({ seconds }) => {
    const coffer = await startCoffer();
    try {
      const outcome = await measure(coffer, seconds);
      const alive = (await api(coffer.url, coffer.token).call('GET', '/health/ready')).status === 200;
      return combine(outcome, assert(alive, 'the process is not ready after the load'));
    } finally {
      await coffer.stop();
    }
  },
});
