import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { bulkhead, isBulkheadRejectedError } from 'cockatiel';
import { CofferError, type SecretValue } from '@coffer/secrets';

export interface PasswordHash {
  /** Base-2 logarithm of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** OWASP Password Storage, scrypt, first choice: 128 · 2^17 · 8 = 128 MiB and about half a second. */
const COST = { ln: 17, r: 8, p: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** At most twice the memory and four times the work of `COST`: a hash from a file must not stop the process. */
const MAX_MEMORY_BYTES = 256 * 2 ** 20;
const MAX_PARALLELISM = 4;
const MIN_LN = 14;

/** The PHC string format: `$scrypt$ln=17,r=8,p=1$SALT$HASH` in unpadded base64, the hash of at least 16 bytes. */
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
const memoryOf = (ln: number, r: number): number => 128 * 2 ** ln * r;

/** Two at a time: each takes 128 MiB and a thread that file access shares. A hundred more may wait, a minute at most. */
const gate = bulkhead(2, 100);

const derive = (password: SecretValue, { ln, r, p, salt, hash }: PasswordHash): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** ln, r, p, maxmem: 2 * memoryOf(ln, r) };
    scrypt(password.reveal(), salt, hash.length, options, (error, key) => {
      if (error) reject(new CofferError('internal', 'a password could not be hashed'));
      else resolve(key);
    });
  });

/** Throws `overloaded` when too many wait already. */
const stretch = async (password: SecretValue, hash: PasswordHash): Promise<Buffer> => {
  try {
    return await gate.execute(() => derive(password, hash));
  } catch (error) {
    if (!isBulkheadRejectedError(error)) throw error;
    throw new CofferError('overloaded', 'too many passwords are being verified; try again in a few seconds');
  }
};

/** A hash that no password has, as costly to verify as a real one: what an unknown user name is compared with. */
export const unmatchableHash = (): PasswordHash => ({
  ...COST,
  salt: randomBytes(SALT_BYTES),
  hash: randomBytes(HASH_BYTES),
});

/** Hashes a password for the configuration; the text differs each time. */
export const hashPassword = async (password: SecretValue): Promise<string> => {
  const { ln, r, p, salt } = unmatchableHash();
  const hash = await stretch(password, { ln, r, p, salt, hash: Buffer.alloc(HASH_BYTES) });
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
};

/** Throws `configuration` and names the user, never the text, which may be a password put there by mistake. */
export const parsePasswordHash = (username: string, text: string): PasswordHash => {
  const [, ln, r, p, salt, hash] = FORM.exec(text) ?? [];
  const parsed: PasswordHash = {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt ?? '', 'base64'),
    hash: Buffer.from(hash ?? '', 'base64'),
  };
  const sound =
    parsed.ln >= MIN_LN &&
    parsed.r >= 1 &&
    parsed.p >= 1 &&
    parsed.p <= MAX_PARALLELISM &&
    memoryOf(parsed.ln, parsed.r) <= MAX_MEMORY_BYTES;
  if (!sound) {
    throw new CofferError(
      'configuration',
      `the password hash of the user '${username}' is none, too weak or too costly; ` +
        'make one with `coffer password hash`',
      { user: username },
    );
  }
  return parsed;
};

/** Takes as long for a wrong password as for the right one. Throws `overloaded` when too many wait already. */
export const verifyPassword = async (password: SecretValue, expected: PasswordHash): Promise<boolean> =>
  timingSafeEqual(await stretch(password, expected), expected.hash);
