import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeConformance } from '@coffer/backend-conformance';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { openJdbcBackend } from './open-jdbc-backend.js';

const noNetwork = { absent: 'the database is in the process, nothing lies between' };
const KEY = Buffer.alloc(32, 7).toString('base64');

const folder = mkdtempSync(join(tmpdir(), 'coffer-embedded-'));
const ring = KeyRing.derive([{ id: 'test', secret: new SecretValue(KEY), active: true }]);

describeConformance({
  name: 'jdbc-embedded',
  open: async ({ prefix = randomUUID() }) =>
    openJdbcBackend({
      connection: { dialect: 'embedded', file: join(folder, 'coffer.db') },
      ring: await ring,
      prefix,
    }),
  credentials: { absent: 'the database is a file, its rights are the file system’s' },
  faults: {
    throttled: { absent: 'the database does not throttle' },
    'server-error': noNetwork,
    'cut-before': noNetwork,
    'cut-after': noNetwork,
    'timeout-after': noNetwork,
  },
  credentialCanaries: [KEY],
  close: async () => rmSync(folder, { recursive: true }),
});
