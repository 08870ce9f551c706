import { ansiblePython } from '@coffer/test-servers/ansible';
import { NodeProcess, removeFolder, scratchFolder } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';
import { exampleFile } from '../../vault-clients/guide-examples.js';
import { putSecret } from '../../vault-clients/put-secret.js';
import type { ClientCheck } from './client-check.js';

/** The playbook of the guide, whose lookup is that of community.hashi_vault. */
export const ansible: ClientCheck = {
  name: 'Ansible, community.hashi_vault',
  prepare: ansiblePython,
  run: async ({ address, token, logins }) => {
    await putSecret({ address, token }, 'company/team/DB', { user: 'app', password: 'p' });
    const folder = scratchFolder();
    const { roleId, secretId } = logins.appRole;
    const playbook = NodeProcess.start(['-m', 'ansible', 'playbook', exampleFile('ansible', 'playbook.yml')], {
      program: await ansiblePython(printError),
      env: { VAULT_ADDR: address, ROLE_ID: roleId, SECRET_ID: secretId, HOME: folder, LC_ALL: 'C.UTF-8' },
    });
    const { code } = await playbook.exited;
    removeFolder(folder);
    const isShown = code === 0 && /"msg": "user app, version \d+"/.test(playbook.stdout());
    return isShown ? [] : [`the playbook ended with ${code}: ${playbook.output().slice(-2_000)}`];
  },
};
