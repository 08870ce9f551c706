import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { externalSecrets } from '@coffer/test-servers/external-secrets';
import { removeFolder, scratchFolder } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';

/** One of these; see tools/test-servers/src/external-secrets/main.go. */
export type OperatorCommand =
  | { readonly apply: string }
  | { readonly pull: string }
  | { readonly push: string }
  | { readonly remove: string }
  | { readonly show: string };

export interface OperatorAnswer {
  readonly error?: string;
  readonly noSecret?: boolean;
  readonly data?: Readonly<Record<string, string>>;
}

export interface Operator {
  do(command: OperatorCommand): Promise<OperatorAnswer>;
  stop(): Promise<void>;
}

/** The Vault provider wants to know of an API server, and asks none for a token that is in a Secret. */
const KUBECONFIG = JSON.stringify({
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'none' },
  clusters: [{ name: 'none', cluster: { server: 'http://127.0.0.1:1' } }],
  contexts: [{ name: 'none', context: { cluster: 'none', user: '' } }],
});

/** External Secrets' own providers, in a process of their own. */
export const startOperator = async (): Promise<Operator> => {
  const program = await externalSecrets(printError);
  const folder = scratchFolder();
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, KUBECONFIG);
  const child = spawn(program, [], {
    env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  return {
    do: async (command) => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('External Secrets has ended');
      return JSON.parse(line.value) as OperatorAnswer;
    },
    stop: async () => {
      process.off('exit', kill);
      if (child.exitCode === null) {
        child.stdin.end();
        await once(child, 'exit');
      }
      removeFolder(folder);
    },
  };
};
