import type { BudgetReading } from '@coffer/observability';
import type { ResolvedSecret } from '@coffer/reads';
import type { SecretValue } from '@coffer/secrets';
import { checkedText, keepText } from '../http/answer/checked-json.js';
import type { AuditedSecret } from '../http/audit/audited.js';
import { MAX_REMEMBERED_BYTES } from '../http/endpoint/cached-answer.js';
import { auditedOf, bodyOf } from './resolved.js';
import { resolvedSecret } from './schemas.js';

const MAX_BYTES = 8 * 1_024 * 1_024;
/** Size of a version beside its text: its objects, and their places in maps. */
const VERSION_BYTES = 600;
/** Size of an ASCII character in a text of which another one is not. */
const CHARACTER_BYTES = 2;

/** A version of a secret as answers give it out. */
export interface GivenVersion {
  readonly path: ResolvedSecret['path'];
  readonly changed: number | undefined;
  readonly body: ReturnType<typeof bodyOf>;
  readonly audited: AuditedSecret;
  /** The JSON of `body`. */
  readonly text: string;
  /** Size of the text in UTF-8. */
  readonly bytes: number;
}

const isOf = ({ path, changed, body }: GivenVersion, found: ResolvedSecret): boolean =>
  body.version === found.version &&
  changed === found.changed &&
  path.key === found.path.key &&
  path.namespace === found.path.namespace;

/**
 * What versions are given out as. It is made once for all answers with a value of this process's cache, and kept for as long as
 * the cache keeps the value, within bytes of its own: beyond them, all is made anew.
 */
export class GivenValues {
  #versions = new WeakMap<SecretValue, GivenVersion>();
  #count = 0;
  #bytes = 0;
  #evictions = 0;

  /** Counts what has gone with its value, too. */
  get reading(): BudgetReading {
    return { bytes: this.#bytes, limitBytes: MAX_BYTES, evictions: this.#evictions };
  }

  of(found: ResolvedSecret): GivenVersion {
    const known = this.#versions.get(found.value);
    if (known !== undefined && isOf(known, found)) return known;
    const body = bodyOf(found);
    const isKept = found.cacheStatus.source === 'l1' && body.value.length <= MAX_REMEMBERED_BYTES;
    const text = isKept ? keepText(resolvedSecret, body) : checkedText(resolvedSecret, body);
    const bytes = Buffer.byteLength(text);
    const { path, changed } = found;
    const made: GivenVersion = { path, changed, body, audited: auditedOf(found), text, bytes };
    if (isKept) this.#keep(found.value, made);
    return made;
  }

  #keep(value: SecretValue, made: GivenVersion): void {
    const bytes = VERSION_BYTES + CHARACTER_BYTES * made.bytes;
    if (this.#bytes + bytes > MAX_BYTES) {
      this.#versions = new WeakMap();
      this.#evictions += this.#count;
      this.#count = this.#bytes = 0;
    }
    this.#versions.set(value, made);
    this.#count += 1;
    this.#bytes += bytes;
  }
}
