import { join } from 'node:path';
import { hvacPython } from '@coffer/test-servers/hvac';
import { byKind, type VaultTarget } from '../../vault-clients/target.js';
import { transcriptOf } from '../../vault-clients/transcript.js';

const PROGRAM = join(__dirname, '../../vault-clients/programs/hvac_client.py');
const DENIED = ['Forbidden', expect.stringContaining('permission denied') as string];
const LOGGED_IN = [{ value: 'in' }, true, true, ['id', 'policies', 'renewable', 'type']];

/** hvac, the client of Python, against a target. */
export const hvacTests = (targetOf: () => VaultTarget): void => {
  it('hvac reads, writes, lists, deletes and logs in', async () => {
    const target = targetOf();
    expect(await transcriptOf(await hvacPython(), [PROGRAM], target)).toEqual({
      authenticated: [true, false],
      health: [true, false, false],
      created: 1,
      updated: 2,
      mismatch: ['InvalidRequest', 'check-and-set parameter did not match the current version'],
      patched: 3,
      read: [{ user: 'app', password: 'second', host: 'db' }, 3],
      absent: ['InvalidPath', ''],
      listed: ['DB', 'deep/'],
      'empty list': ['InvalidPath', ''],
      metadata: [3, { owner: 'ops' }],
      deleted: 'InvalidPath',
      undeleted: byKind<unknown>(target, {
        vault: 'no error',
        coffer: [
          expect.stringMatching(/^(InvalidRequest|InvalidPath|UnsupportedOperation)$/),
          expect.stringMatching(/undelete|deleted/i),
        ],
      }),
      gone: 'InvalidPath',
      approle: LOGGED_IN,
      'approle denied': DENIED,
      userpass: LOGGED_IN,
      'userpass denied': DENIED,
      jwt: LOGGED_IN,
      'jwt denied': DENIED,
      'wrong secret id': byKind(target, {
        vault: 'InvalidRequest',
        coffer: expect.stringMatching(/^(InvalidRequest|Forbidden)$/) as string,
      }),
    });
  });
};
