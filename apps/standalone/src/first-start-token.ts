import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  administratorsOf,
  checkAccessToken,
  createAccessToken,
  FIRST_TOKEN_FILE,
  FIRST_TOKEN_REVOKED_FILE,
  hashAccessToken,
  PERMISSIONS,
  tokenHashKeyId,
  type Credentials,
  type TokenCredential,
} from '@coffer/access';
import type { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import type { DataFolder } from './data-folder/data-folder.js';
import { createPrivateFile } from './data-folder/private-files.js';

/** In place of the hash: no text of that form is one. */
const REVOKED = 'revoked';

/** Called with the token that the first start made, and the file that holds it. */
export type ShowToken = (token: string, file: string) => void;

/**
 * The token of a data folder, which may do everything, until it is revoked or somebody else administers. The first start
 * that needs it makes it, keeps it in a file that only the folder's owner may read, and shows it once, before its hash is
 * kept: no crash leaves a folder whose token nobody has seen.
 */
export class FirstStartToken {
  readonly #file: string;
  readonly #mark: string;

  constructor(
    private readonly folder: DataFolder,
    private readonly ring: KeyRing,
    private readonly show: ShowToken,
  ) {
    this.#file = join(folder.path, FIRST_TOKEN_FILE);
    this.#mark = join(folder.path, FIRST_TOKEN_REVOKED_FILE);
  }

  /** What lets the token in beside these credentials; `undefined` where it does not count. */
  credentialBeside(credentials: Credentials): TokenCredential | undefined {
    if (this.isRevoked() || administratorsOf(credentials).length > 0) return undefined;
    const hash = this.#current() ?? this.#make();
    const grants = [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }];
    return { id: 'first-start', hash, grants, origin: 'first-start token of the data folder' };
  }

  /** The hash that is kept, made anew from the token's file where another key has become active since. */
  #current(): string | undefined {
    const { firstTokenHash: hash } = this.folder;
    if (hash === undefined || tokenHashKeyId(hash) === this.ring.activeId) return hash;
    const token = this.#unfinished();
    if (token === undefined) return hash;
    return (this.folder.firstTokenHash = hashAccessToken(this.ring, token));
  }

  /** Whether `coffer token revoke-first` was run; looks at the folder, and remembers it for good. */
  isRevoked(): boolean {
    if (this.folder.firstTokenHash === REVOKED) return true;
    if (!existsSync(this.#mark)) return false;
    try {
      rmSync(this.#file, { force: true });
      this.folder.firstTokenHash = REVOKED;
    } catch {
      // A full disk, for instance. The mark says the same, now and at the next start.
    }
    return true;
  }

  #make(): string {
    const token = this.#unfinished() ?? this.#write();
    this.show(token.reveal(), this.#file);
    const hash = hashAccessToken(this.ring, token);
    this.folder.firstTokenHash = hash;
    return hash;
  }

  #write(): SecretValue {
    const token = createAccessToken();
    rmSync(this.#file, { force: true });
    createPrivateFile(this.#file, `${token.reveal()}\n`);
    return token;
  }

  /** The token of a first start that ended before it kept the hash: somebody may have seen it. */
  #unfinished(): SecretValue | undefined {
    try {
      const text = readFileSync(this.#file, 'utf8').trim();
      checkAccessToken(text);
      return new SecretValue(text);
    } catch {
      return undefined;
    }
  }
}
