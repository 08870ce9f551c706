import { goClientProgram } from '@coffer/test-servers/vault-clients';
import { printError } from '../../harness/outcome.js';
import { deviations, type Expected } from '../../vault-clients/expectation.js';
import { byKind, type VaultTarget } from '../../vault-clients/target.js';
import { transcriptOf } from '../../vault-clients/transcript.js';
import type { ClientCheck } from './client-check.js';

const refusedWith =
  (status: number, text: RegExp) =>
  (result: unknown): boolean =>
    Array.isArray(result) && result[0] === status && text.test(String(result[1]));

const isRefusal = (result: unknown): boolean => Array.isArray(result) && Number(result[0]) >= 400;

const loggedIn = (result: unknown): boolean => {
  const [data, leased, lives, denied] = result as readonly unknown[];
  return (
    JSON.stringify([data, leased, lives]) === '[{"value":"in"},true,true]' &&
    refusedWith(403, /permission denied/)(denied)
  );
};

const expectedOf = (target: VaultTarget): Expected => ({
  health: [true, false],
  created: 1,
  updated: 2,
  mismatch: refusedWith(400, /check-and-set parameter did not match/),
  patched: 3,
  'patched by reading': 4,
  read: [{ user: 'app', password: 'second', host: 'db', port: 5432 }, 4, false],
  absent: 'not found',
  listed: ['DB', 'deep/'],
  'empty list': true,
  metadata: [4, { owner: 'ops' }],
  'older version': byKind<unknown>(target, { vault: 'no error', coffer: (result: unknown) => result !== 'no error' }),
  deleted: byKind(target, { vault: [true, 'no error'], coffer: [true, 'not found'] }),
  undeleted: byKind<unknown>(target, { vault: 'no error', coffer: isRefusal }),
  gone: 'not found',
  approle: loggedIn,
  userpass: loggedIn,
  jwt: loggedIn,
  'unknown token': refusedWith(403, /permission denied/),
});

export const goClient: ClientCheck = {
  name: 'github.com/hashicorp/vault/api',
  prepare: goClientProgram,
  run: async (target) =>
    deviations(await transcriptOf(await goClientProgram(printError), [], target), expectedOf(target)),
};
