import { combine, details, printError, assertEqual, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { startEmbedded } from '../vault-clients/coffer-target.js';
import type { VaultTarget } from '../vault-clients/target.js';
import { startVault } from '../vault-clients/vault-target.js';
import { ansible } from './vault-clients/ansible.js';
import type { ClientCheck } from './vault-clients/client-check.js';
import { consulTemplate } from './vault-clients/consul-template.js';
import { gitlabRunner } from './vault-clients/gitlab-runner.js';
import { goClient } from './vault-clients/go-client.js';
import { springVault } from './vault-clients/spring-vault.js';

const CLIENTS: readonly ClientCheck[] = [goClient, consulTemplate, springVault, gitlabRunner, ansible];

const TARGETS: Readonly<Record<string, () => Promise<VaultTarget>>> = {
  Vault: () => startVault(),
  Coffer: () => startEmbedded(),
};

interface ClientsOptions {
  readonly target: readonly string[];
}

const check = async ({ name, run }: ClientCheck, target: VaultTarget, of: string): Promise<Outcome> => {
  const problems = await run(target).catch((error: unknown) => [String(error)]);
  return combine(
    assertEqual(
      `${name} with ${of}: steps that went otherwise than with Vault, where they should not`,
      problems.length,
      'steps',
      0,
    ),
    details(problems.map((problem) => `${name} with ${of}: ${problem}`)),
  );
};

export default property<ClientsOptions>({
  name: 'vault-clients',
  title: 'Clients of Vault that take long to build',
  shows:
    'Go’s client of Vault, consul-template, Spring Vault, GitLab Runner’s own code and Ansible do with Coffer what they do with Vault, and differ where the guide says so.',
  servers: [],
  ownServers: ['vault'],
  full: { target: ['Vault', 'Coffer'] },
  help: `Builds the clients from their published modules where they are absent (Go, Java with Maven, Python), and runs each of them against
HashiCorp's own server, which is the reference, and against Coffer on its embedded database. The clients that are quick to
get are suites of npm test: apps/e2e/src/api/vault-clients.

  --target NAME…   which servers: ${Object.keys(TARGETS).join(', ')}`,
  run: async ({ target: names }) => {
    for (const { prepare } of CLIENTS) await prepare(printError);
    const outcomes: Outcome[] = [];
    for (const name of names) {
      const start = TARGETS[name];
      if (start === undefined)
        throw new Error(`there is no target "${name}"; there are: ${Object.keys(TARGETS).join(', ')}`);
      const target = await start();
      try {
        for (const client of CLIENTS) outcomes.push(await check(client, target, name));
      } finally {
        await target.close();
      }
    }
    return combine(...outcomes);
  },
});
