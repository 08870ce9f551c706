import 'reflect-metadata';
import { PERMISSIONS, type Authenticator, type Principal } from '@coffer/access';
import type { AuditTrail } from '@coffer/audit';
import { withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { Stores } from '@coffer/backend-registry';
import { openInstance, type InstanceOptions } from '../../harness/instance.js';

const CACHE = { enabled: true, maximumSize: 10_000, expireAfterWrite: '1h' };
const EVERYBODY: Principal = {
  id: 'token:t',
  grants: [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }],
};

/** Takes every record at once and makes nothing of it. */
const NO_AUDIT = {
  append: (_entry, _required, done) => done?.(true),
  appendPrepared: (_requestId, _tail, _required, done) => done?.(true),
  close: () => Promise.resolve(),
  file: undefined,
} satisfies Pick<AuditTrail, 'append' | 'appendPrepared' | 'close' | 'file'>;

const authenticator = {
  authenticate: () => Promise.resolve(EVERYBODY),
  known: () => EVERYBODY,
  principalOf: () => EVERYBODY,
} satisfies Pick<Authenticator, 'authenticate' | 'known' | 'principalOf'>;

const partsOf = (what: string): Pick<InstanceOptions, 'audit' | 'authenticator'> => ({
  ...(what.includes('audit') ? {} : { audit: NO_AUDIT as unknown as AuditTrail }),
  ...(what.includes('authentication') ? {} : { authenticator: authenticator as unknown as Authenticator }),
});

/** A process of its own: a gateway that caches, with `audit` to a file, with `authentication`, with both, or with neither. */
const serve = async (what: string): Promise<void> => {
  const stores = new Stores({ name: 'default', backend: withFacade(openMemoryBackend()), readOnly: false });
  const configuration = JSON.stringify({ kestra: { secret: { cache: CACHE } } });
  const { url, token, close } = await openInstance({ stores, configuration, ...partsOf(what) });
  process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
  process.stdout.write(`ready ${url} ${token}\n`);
};

void serve(process.argv[2] ?? '');
