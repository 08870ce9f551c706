import { join } from 'node:path';
import { goProgram } from './go-program.ts';

const module = join(import.meta.dirname, 'vault-clients');
/** What Vault itself is built from has most of it. */
const effort = 'about 70 s of one processor where nothing was built before';

const api = goProgram({
  name: 'api',
  folder: 'vault-clients-api',
  module,
  sources: ['go.mod', 'api/main.go'],
  target: './api',
  effort,
});

const consulTemplate = goProgram({
  name: 'consul-template',
  folder: 'vault-clients-consul-template',
  module,
  sources: ['go.mod'],
  target: 'github.com/hashicorp/consul-template',
  effort,
});

/** The only published module that has it asks for a newer Go. */
const gitlabRunner = goProgram({
  name: 'gitlab-runner-vault',
  folder: 'gitlab-runner-vault',
  module: join(import.meta.dirname, 'gitlab-runner'),
  sources: ['go.mod', 'main.go'],
  oldestGo: '1.26.5',
  effort,
});

const made = async (program: typeof api, log: (line: string) => void): Promise<string> => {
  await program.make(log);
  return program.file;
};

/** A program that does with github.com/hashicorp/vault/api what vault-clients/api/main.go says. Rejects with a sentence. */
export const goClientProgram = (log: (line: string) => void): Promise<string> => made(api, log);

/** The unmodified consul-template. Rejects with a sentence. */
export const consulTemplateProgram = (log: (line: string) => void): Promise<string> => made(consulTemplate, log);

/** GitLab Runner's own code for `secrets: vault:`; gitlab-runner/main.go says how it is called. Rejects with a sentence. */
export const gitlabRunnerProgram = (log: (line: string) => void): Promise<string> => made(gitlabRunner, log);
