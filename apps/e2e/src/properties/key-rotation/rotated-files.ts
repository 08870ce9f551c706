import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashAccessToken } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';

export interface Key {
  readonly id: string;
  /** One of them is needed. */
  readonly secret?: string;
  readonly file?: string;
  readonly active: boolean;
}

interface Token {
  readonly id: string;
  readonly hash: string;
}

/** As much of a configuration as a rotation changes. */
interface Content {
  kestra?: { secret?: { jdbc?: { secret?: string | undefined; sealingKeys?: readonly Key[] } } };
  coffer: { encryption?: { keys: readonly Key[] }; access?: { tokens: Token[] } };
}

/** The configuration files of all processes: each has one of its own, or they share one. */
export class RotatedFiles {
  constructor(private readonly configuration: string) {}

  get keys(): readonly Key[] {
    return this.#read(this.configuration).coffer.encryption?.keys ?? [];
  }

  /** Replaces `coffer.encryption.keys` everywhere. */
  setKeys(keys: readonly Key[]): void {
    this.#change((content) => {
      content.coffer.encryption = { keys };
    });
  }

  /** The keys of the default store beside its `secret`, which `keepSecret` leaves there; where the process has a store. */
  setSealingKeys(sealingKeys: readonly Key[], keepSecret: boolean): void {
    this.#change(({ kestra }) => {
      const jdbc = kestra?.secret?.jdbc;
      if (jdbc === undefined) return;
      jdbc.sealingKeys = sealingKeys;
      if (!keepSecret) delete jdbc.secret;
    });
  }

  /** Hashes the token anew under a key, in every entry. */
  async rehash(token: string, { id, secret = '' }: Key): Promise<void> {
    const ring = await KeyRing.derive([{ id, secret: new SecretValue(secret), active: true }]);
    const hash = hashAccessToken(ring, new SecretValue(token));
    this.#change(({ coffer }) => {
      if (coffer.access !== undefined) coffer.access.tokens = coffer.access.tokens.map((each) => ({ ...each, hash }));
    });
  }

  #change(change: (content: Content) => void): void {
    const folder = dirname(this.configuration);
    const names = readdirSync(folder).filter((name) => /^[a-z-]+(-\d+)?\.(json|yml)$/.test(name));
    for (const file of names.map((name) => join(folder, name))) {
      const content = this.#read(file);
      change(content);
      writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    }
  }

  #read(file: string): Content {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  }
}
