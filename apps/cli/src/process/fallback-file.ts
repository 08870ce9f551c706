import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { KeyRing, type SealContext } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';

const KEY_ID = 'fallback';
/** What a key must have to be no password that can be guessed. */
const MIN_KEY_LENGTH = 32;

export interface FallbackOptions {
  readonly file: string;
  /** The token, or another text that stays the same when the token is renewed. */
  readonly key: SecretValue;
  /** What the values are of, whole: a file of other secrets does not open. */
  readonly scope: readonly string[];
  readonly maxAgeMs: number;
}

/** Values that were read earlier, and when, in milliseconds since the Unix epoch. */
export interface EarlierValues {
  readonly time: number;
  readonly values: ReadonlyMap<string, string>;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A file that keeps the values of the last read, sealed with AES-256-GCM, for when no gateway answers. */
export class FallbackFile {
  private constructor(
    private readonly options: FallbackOptions,
    private readonly ring: KeyRing,
    private readonly context: SealContext,
  ) {}

  /** Throws `invalid` for a key that is too short. */
  static async of(options: FallbackOptions): Promise<FallbackFile> {
    const key = options.key.reveal();
    if (key.length < MIN_KEY_LENGTH) {
      throw new CofferError('invalid', `the key of a fallback file must have ${MIN_KEY_LENGTH} characters at least`);
    }
    // A secret of 32 bytes, so that no time is spent on making a text hard to guess that is so already.
    const secret = new SecretValue(sha256(`coffer/fallback\n${key}`).toString('base64'));
    const ring = await KeyRing.derive([{ id: KEY_ID, secret, active: true }]);
    const scope = sha256(JSON.stringify(options.scope)).toString('base64url');
    return new FallbackFile(options, ring, { purpose: 'fallback', path: { tenant: '', namespace: '', key: scope } });
  }

  /** Replaces the file as a whole; it is its owner's alone. Throws `configuration` when it cannot. */
  write(values: ReadonlyMap<string, string>): void {
    const { file } = this.options;
    const sealed = this.ring.seal(Buffer.from(JSON.stringify({ time: Date.now(), values: [...values] })), this.context);
    const fresh = `${file}.${randomUUID()}`;
    try {
      writeFileSync(fresh, sealed, { mode: 0o600, flag: 'wx' });
      renameSync(fresh, file);
    } catch (error) {
      rmSync(fresh, { force: true });
      const { code } = error as NodeJS.ErrnoException;
      throw new CofferError(
        'configuration',
        `the fallback file ${file} cannot be written (${code ?? 'unknown reason'})`,
      );
    }
  }

  /** Throws `configuration` when there is none, it is too old, or it was sealed with another key or for other secrets. */
  read(): EarlierValues {
    const { file, maxAgeMs } = this.options;
    const { time, values } = JSON.parse(this.#open().toString()) as {
      readonly time: number;
      readonly values: readonly (readonly [string, string])[];
    };
    if (Date.now() - time > maxAgeMs) {
      throw new CofferError('configuration', `the fallback file ${file} is older than --fallback-max-age allows`);
    }
    return { time, values: new Map(values) };
  }

  #open(): Buffer {
    const { file } = this.options;
    let sealed: Buffer;
    try {
      sealed = readFileSync(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new CofferError('configuration', `the fallback file ${file} cannot be read (${code ?? 'unknown reason'})`);
    }
    try {
      return this.ring.open(sealed, this.context);
    } catch {
      throw new CofferError(
        'configuration',
        `the fallback file ${file} does not open: it was made with another token or key, for other secrets, or was changed`,
      );
    }
  }
}
