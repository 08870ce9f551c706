import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CofferError, SecretValue } from '@coffer/secrets';
import type { Terminal } from '../terminal.js';

const VARIABLE = 'AWS_TOKEN';
const FILE = 'file://';
/** The agent gives a client all that its own token may resolve, to whoever has this one. */
const MIN_LENGTH = 16;

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CofferError(
      'configuration',
      `the file of ${VARIABLE}, ${file}, cannot be read (${code ?? 'unknown reason'})`,
    );
  }
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What clients of the agent send to show that they run on this machine: `AWS_TOKEN`, a text or `file://` and where it is. */
export class ClientToken {
  readonly #digest: Buffer;

  private constructor(token: SecretValue) {
    this.#digest = digest(token.reveal());
  }

  /** Throws `invalid` or `configuration` and says what is missing. */
  static of({ env }: Pick<Terminal, 'env'>): ClientToken {
    const given = env[VARIABLE] ?? '';
    const token = (given.startsWith(FILE) ? read(given.slice(FILE.length)) : given).trim();
    if (token.length < MIN_LENGTH) {
      throw new CofferError(
        'invalid',
        `${VARIABLE} must be what clients send, ${MIN_LENGTH} characters at least, or file:///… with it; for example: openssl rand -hex 32 > token`,
      );
    }
    return new ClientToken(new SecretValue(token));
  }

  /** Takes the same time whatever is given. */
  isSame(given: string | undefined): boolean {
    return timingSafeEqual(digest(given ?? ''), this.#digest);
  }
}
