import { openInstance, type Instance } from '../../harness/instance.js';
import { collectGarbage } from '../../harness/collect-garbage.js';
import { NodeProcess } from '../../harness/node-process.js';
import { until } from '../../harness/until.js';

/** Opens so many streams, each once the one before it is answered, and reads what comes. */
const CLIENTS = `
  const { connect } = require('node:net');
  const [, port, token, count] = process.argv;
  const open = (left) => {
    if (left === 0) return;
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /coffer/v1/main/events HTTP/1.1\\r\\nhost: x\\r\\nauthorization: Bearer ' + token + '\\r\\n\\r\\n');
    socket.once('data', () => open(left - 1)).resume();
  };
  open(Number(count));
`;

const watchersOf = async ({ api }: Instance): Promise<number> => {
  const { text } = await api.call('GET', '/metrics');
  return Number(/^coffer_event_watchers (\d+)$/m.exec(text)?.[1] ?? NaN);
};

/** Bytes of heap and buffers that one gateway has for each idle watcher, connections included. */
export const idleBytesPerWatcher = async (count: number): Promise<number> => {
  const instance = await openInstance();
  try {
    const port = new URL(instance.url).port;
    const watched = async (watchers: number): Promise<number> => {
      const clients = NodeProcess.start(['-e', CLIENTS, port, instance.token, String(watchers)]);
      try {
        await until('the watchers are there', async () => (await watchersOf(instance)) === watchers);
        return Math.min(...Array.from({ length: 3 }, collectGarbage));
      } finally {
        await clients.end();
        await until('the watchers are gone', async () => (await watchersOf(instance)) === 0);
      }
    };
    // The first ones load what is loaded once.
    const few = Math.max(1, Math.round(count / 10));
    await watched(few);
    const before = await watched(few);
    const after = await watched(count);
    return (after - before) / (count - few);
  } finally {
    await instance.close();
  }
};
