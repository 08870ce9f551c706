import 'reflect-metadata';
import { hashPassword } from '@coffer/access';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { Stores } from '@coffer/backend-registry';
import { SecretValue } from '@coffer/secrets';
import { openInstance } from '../../harness/instance.js';

/** Somebody who may do nothing where the secrets are. */
const [USERNAME, PASSWORD] = ['unprivileged', 'unprivileged-password'];

/**
 * A process of its own: a gateway that caches, whose records go to the sink that its argument describes. `timeout`: for how
 * long an answer waits for its record.
 */
const serve = async (sink: unknown, timeout: string, kafka: unknown): Promise<void> => {
  const stores = new Stores({ name: 'default', backend: withFacade(openMemoryBackend()), readOnly: false });
  const grants = [{ tenant: 'main', namespace: 'elsewhere', permissions: ['list'] }];
  const passwordHash = await hashPassword(new SecretValue(PASSWORD));
  const configuration = JSON.stringify({
    kestra: { secret: { cache: { enabled: true, expireAfterWrite: '1h' } } },
    coffer: {
      ...(kafka !== null && { kafka }),
      access: { users: [{ username: USERNAME, passwordHash, grants }] },
      audit: { sinks: [sink], timeout, queue: '1MiB' },
    },
  });
  const { url, token, close } = await openInstance({ stores, configuration });
  process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
  process.stdout.write(`ready ${url} ${token} ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}\n`);
};

const [sink = '', timeout = '', kafka = 'null'] = process.argv.slice(2);
void serve(JSON.parse(sink), timeout, JSON.parse(kafka));
