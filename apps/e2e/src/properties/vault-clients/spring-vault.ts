import { join } from 'node:path';
import { jarsOf } from '@coffer/test-servers/maven';
import { NodeProcess } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';
import { deviations, type Expected } from '../../vault-clients/expectation.js';
import { exampleFile } from '../../vault-clients/guide-examples.js';
import { putSecret } from '../../vault-clients/put-secret.js';
import { byKind, type VaultTarget } from '../../vault-clients/target.js';
import { transcriptOf } from '../../vault-clients/transcript.js';
import type { ClientCheck } from './client-check.js';

const STEPS = join(__dirname, '../../../src/vault-clients/programs/SpringVaultSteps.java');
const jars = (log: (line: string) => void): Promise<string> =>
  jarsOf(exampleFile('spring', 'pom.xml'), 'spring-vault', log);

const expectedOf = (target: VaultTarget): Expected => ({
  created: 1,
  updated: 2,
  mismatch: (result: unknown) => String(result).includes('check-and-set parameter did not match'),
  read: [{ user: 'app', password: 'second' }, 2],
  absent: true,
  listed: ['DB', 'deep/'],
  metadata: 2,
  deleted: true,
  undeleted: byKind<unknown>(target, {
    vault: 'no error',
    coffer: (result: unknown) => /undelete|deleted/i.test(String(result)),
  }),
  jwt: { value: 'in' },
  denied: (result: unknown) => String(result).includes('permission denied'),
});

/** The program of the guide, and one that does more. */
export const springVault: ClientCheck = {
  name: 'spring-vault-core',
  prepare: jars,
  run: async (target) => {
    const classPath = ['-cp', `${await jars(printError)}/*`];
    const { roleId, secretId } = target.logins.appRole;
    await putSecret(target, 'company/team/DB', { user: 'app', password: 'p' });
    const example = NodeProcess.start([...classPath, exampleFile('spring', 'SecretsOfCoffer.java')], {
      program: 'java',
      env: { VAULT_ADDR: target.address, ROLE_ID: roleId, SECRET_ID: secretId },
    });
    const { code } = await example.exited;
    const isShown = code === 0 && /^user app, version \d+$/m.test(example.stdout());
    const steps = deviations(await transcriptOf('java', [...classPath, STEPS], target), expectedOf(target));
    return [
      ...(isShown ? [] : [`the guide's program ended with ${code}: ${example.output().slice(-2_000)}`]),
      ...steps,
    ];
  },
};
