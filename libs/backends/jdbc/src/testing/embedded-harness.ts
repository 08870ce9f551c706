import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '@coffer/backend-conformance';
import { openJdbcBackend } from '../open.js';
import { TEST_KEY, testRing } from '@coffer/backend-conformance/test-ring';

const inProcess = { absent: 'the database is in the process, nothing lies between' };

/** The embedded database in a folder of its own, which goes with it. */
export const embeddedHarness = (): Harness => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-embedded-'));
  const ring = testRing();
  return {
    name: 'jdbc-embedded',
    seals: true,
    open: async ({ prefix = randomUUID() }) =>
      openJdbcBackend({
        connection: { dialect: 'embedded', file: join(folder, 'coffer.db') },
        ring: await ring,
        prefix,
      }),
    credentials: { absent: 'the database is a file whose rights are the file system’s' },
    faults: {
      throttled: { absent: 'the database does not throttle' },
      'server-error': inProcess,
      'cut-before': inProcess,
      'cut-after': inProcess,
      'timeout-after': inProcess,
    },
    credentialCanaries: [TEST_KEY],
    close: async () => rmSync(folder, { recursive: true }),
  };
};
