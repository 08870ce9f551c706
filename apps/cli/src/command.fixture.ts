import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { run } from './run.js';

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  /** The whole of standard input; without it, it is a keyboard. */
  readonly stdin?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Defaults to true. */
  readonly isScreen?: boolean;
}

/** The `coffer` command in a folder of its own, which is a data folder as well. */
export class CommandFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'coffer-cli-'));
  readonly rootKey = randomBytes(32).toString('base64');

  constructor() {
    writeFileSync(join(this.folder, 'root.key'), `${this.rootKey}\n`);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  ring(): Promise<KeyRing> {
    return KeyRing.derive([{ id: 'root', secret: new SecretValue(this.rootKey), active: true }]);
  }

  async run(args: readonly string[], { stdin, env = {}, isScreen = true }: CommandOptions = {}): Promise<Result> {
    const result = { out: '', err: '' };
    async function* input() {
      // Two chunks, as pipes may cut anywhere.
      const bytes = Buffer.from(stdin ?? '');
      yield bytes.subarray(0, 3);
      yield bytes.subarray(3);
    }
    const code = await run(args, {
      env: { COFFER_DATA_DIR: this.folder, ...env },
      cwd: this.folder,
      interactive: stdin === undefined,
      isScreen,
      input: input(),
      out: (text) => void (result.out += text),
      err: (text) => void (result.err += text),
    });
    return { ...result, code };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
