import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startBroker } from '../../cluster/killable-server.js';
import { RawTopics } from '../../cluster/raw-topics.js';
import type { AuditedGateway, SinkPlace } from './gateway.js';

/** A sink that can be made to take nothing, and to take records again. */
export interface BreakableSink extends SinkPlace {
  break(gateway: AuditedGateway): void | Promise<void>;
  mend(gateway: AuditedGateway): void | Promise<void>;
  /** All that it has taken. */
  lines(gateway: AuditedGateway): string | Promise<string>;
  close(): void | Promise<void>;
}

const limitFiles = ({ pid }: AuditedGateway, bytes: string): void =>
  void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);

/** No file of the process may grow, as on a full disk. */
export const fullFile = (folder: string): BreakableSink => {
  const path = join(folder, 'audit.jsonl');
  return {
    configuration: { type: 'file', path },
    break: (gateway) => limitFiles(gateway, String(statSync(path).size)),
    mend: (gateway) => limitFiles(gateway, 'unlimited'),
    lines: () => readFileSync(path, 'utf8'),
    close: () => undefined,
  };
};

const UNSHARE = ['--map-root-user', '--mount', 'sh', '-c'];
const mountAt = (folder: string): string => `mount -t tmpfs -o size=4m,mode=700 small '${folder}'`;
const canMount = (): boolean => spawnSync('unshare', [...UNSHARE, mountAt('/mnt')]).status === 0;

/**
 * A small disk of its own, which only the process sees, filled by another file. Where nobody may mount one, as in most
 * containers, as `fullFile`.
 */
export const fullDisk = (folder: string): BreakableSink => {
  if (!canMount()) return fullFile(folder);
  const path = join(folder, 'audit.jsonl');
  const seen = ({ pid }: AuditedGateway, file: string): string => join(`/proc/${pid}/root`, folder, file);
  return {
    configuration: { type: 'file', path },
    through: `exec unshare ${UNSHARE.join(' ')} "${mountAt(folder)}"' && exec "$@"' sh "$@"`,
    break: (gateway) => {
      try {
        writeFileSync(seen(gateway, 'filler'), Buffer.alloc(8 * 1_024 * 1_024));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
        throw error;
      }
      throw new Error('the disk took more than it has room for');
    },
    mend: (gateway) => rmSync(seen(gateway, 'filler')),
    lines: (gateway) => readFileSync(seen(gateway, 'audit.jsonl'), 'utf8'),
    close: () => undefined,
  };
};

/** A named pipe whose reader stops, so that it fills. */
export const blockedPipe = (folder: string): BreakableSink => {
  const path = join(folder, 'audit.pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const chunk = Buffer.alloc(1 << 20);
  let [text, isReading] = ['', true];
  const drain = (): void => {
    for (let length = 1; isReading && length > 0;) {
      try {
        length = readSync(reader, chunk);
      } catch {
        return;
      }
      text += chunk.toString('utf8', 0, length);
    }
  };
  const timer = setInterval(drain, 5);
  return {
    configuration: { type: 'file', path },
    break: () => void (isReading = false),
    mend: () => void (isReading = true),
    lines: () => {
      drain();
      return text;
    },
    close: () => {
      clearInterval(timer);
      closeSync(reader);
    },
  };
};

/** A collector that is gone for a while. */
export const goneCollector = async (): Promise<BreakableSink> => {
  let text = '';
  let server: Server | undefined;
  const listen = async (port: number): Promise<number> => {
    const made = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        text += body;
        response.end();
      });
    });
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
    server = made;
    return (made.address() as AddressInfo).port;
  };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server?.close(() => resolve());
      server?.closeAllConnections();
    });
  const port = await listen(0);
  return {
    configuration: { type: 'http', url: `http://127.0.0.1:${port}/audit` },
    break: close,
    mend: async () => void (await listen(port)),
    lines: () => text,
    close,
  };
};

const TOPIC = 'audit';

/** A real broker that is killed, and comes back on its data. */
export const goneBroker = async (): Promise<BreakableSink> => {
  const broker = await startBroker();
  const servers = broker.env['COFFER_TEST_KAFKA_BROKERS'] ?? '';
  return {
    configuration: { type: 'kafka', topic: TOPIC },
    kafka: { client: { properties: { 'bootstrap.servers': servers } } },
    break: () => void process.kill(broker.handle.pid, 'SIGKILL'),
    mend: () => broker.revive(),
    lines: async () => {
      const topics = await RawTopics.open(servers.split(','));
      try {
        const records = await topics.dump(TOPIC);
        return records.map(({ message }) => `${String(message.value)}\n`).join('');
      } finally {
        await topics.close();
      }
    },
    close: () => broker.stop(),
  };
};
