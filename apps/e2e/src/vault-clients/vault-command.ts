import { vaultProgram } from '@coffer/test-servers/vault';
import { NodeProcess } from '../harness/node-process.js';
import type { VaultTarget } from './target.js';

export interface CommandResult {
  readonly code: number | null;
  /** Standard output, read as JSON where it is that. */
  readonly output: unknown;
  /** Standard error, with the lines of an error in one. */
  readonly error: string;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
};

export interface CommandOptions {
  /** Instead of the token that may do everything; empty for the one that `vault login` has stored. */
  readonly token?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The `vault` command line with the answers as JSON. `home`: a folder, in which it keeps the token of a log-in. */
export const vaultCommand =
  (target: VaultTarget, home: string) =>
  async (args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> => {
    const { token = target.token, input, env } = options;
    const child = NodeProcess.start(args, {
      program: await vaultProgram(),
      env: {
        HOME: home,
        VAULT_ADDR: target.address,
        VAULT_FORMAT: 'json',
        // What a server answers with 5xx or 412 is shown at once, not after the retries of minutes.
        VAULT_MAX_RETRIES: '0',
        ...(token === '' ? {} : { VAULT_TOKEN: token }),
        ...env,
      },
      ...(input === undefined ? {} : { input }),
    });
    const { code } = await child.exited;
    return { code, output: parsed(child.stdout()), error: child.stderr().replace(/\s+/g, ' ').trim() };
  };
