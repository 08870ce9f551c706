import { gitlabRunnerProgram } from '@coffer/test-servers/vault-clients';
import { NodeProcess } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';
import { yamlExample } from '../../vault-clients/guide-examples.js';
import { putSecret } from '../../vault-clients/put-secret.js';
import type { VaultTarget } from '../../vault-clients/target.js';
import type { ClientCheck } from './client-check.js';

interface Pipeline {
  readonly deploy: {
    readonly variables: { readonly VAULT_AUTH_ROLE: string };
    readonly secrets: {
      readonly DB_PASSWORD: {
        readonly vault: { readonly engine: object; readonly path: string; readonly field: string };
      };
    };
  };
}

/** The secret of the guide's job as GitLab describes it to the runner (lib/gitlab/ci/secrets of GitLab, common/spec of the runner). */
const resolved = async ({ address, logins }: VaultTarget, jwt: string, field?: string): Promise<NodeProcess> => {
  const { deploy } = yamlExample<Pipeline>('ci', 'gitlab-ci.yml');
  const { vault } = deploy.secrets.DB_PASSWORD;
  const role = jwt === logins.jwt.token ? logins.jwt.role : deploy.variables.VAULT_AUTH_ROLE;
  const auth = { name: 'jwt', path: 'jwt', data: { jwt, role } };
  const input = JSON.stringify({ ...vault, ...(field !== undefined && { field }), server: { url: address, auth } });
  const child = NodeProcess.start([], { program: await gitlabRunnerProgram(printError), input });
  await child.exited;
  return child;
};

export const gitlabRunner: ClientCheck = {
  name: 'GitLab Runner, secrets: vault',
  prepare: gitlabRunnerProgram,
  run: async (target) => {
    await putSecret(target, 'company/team/DB', { user: 'app', password: 'of the job' });
    const tokens = [target.logins.jwt.token, ...(target.jobs === undefined ? [] : [target.jobs.gitlab])];
    const problems: string[] = [];
    for (const token of tokens) {
      const job = await resolved(target, token);
      if (job.stdout() !== 'of the job') problems.push(`the job's secret was not had: ${job.output()}`);
    }
    const forged = await resolved(target, `${target.logins.jwt.token.slice(0, -8)}AAAAAAAA`);
    if (!/status code 40[03]/.test(forged.stderr())) problems.push(`a forged token was answered ${forged.output()}`);
    return problems;
  },
};
