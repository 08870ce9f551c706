import { SeededRandom } from '@coffer/coherence/simulation';
import { answerOf, normalized, send, type KvAnswer, type KvRequest } from './kv-answer.js';
import type { VaultTarget } from './target.js';

export interface KvStep {
  readonly kind: string;
  /** As it was sent to Coffer. */
  readonly request: KvRequest;
  readonly vault: KvAnswer;
  readonly coffer: KvAnswer;
}

const PATHS = ['diff/A', 'diff/b', 'diff/b/below', 'diff/deep/er/C', 'diff/with%20space', 'diff/x.y', 'other/D'];
const FOLDERS = ['', '/diff', '/diff/b', '/diff/deep', '/diff/deep/er', '/other', '/nothing', '/diff/A'];
const MERGE_PATCH = 'application/merge-patch+json';
const TYPES = ['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded', ''];
const NAMES = ['value', 'user', 'password', 'ü', 'a b', '__proto__'];
const VALUES: readonly unknown[] = [
  ...['', 'text', 'ü "q" \n', '{"a":1}', '{}', 'null', '😀', ' spaced '],
  ...[0, 1, -7, 1.5, true, false, null, [], [1, 'b', null], {}, { deep: { er: ['x'] } }],
];
const CUSTOM_NAMES = ['owner', 'stage', 'description', 'ü'];
const CUSTOM_TEXTS = ['ops', 'ü 😀', 'x'.repeat(256)];
const MALFORMED: readonly unknown[] = [
  ...[{}, { data: 'text' }, { data: 1 }, { a: 'b' }, 'null', '[]', ''],
  ...['x', 1.5].map((cas) => ({ data: { a: 'b' }, options: { cas } })),
];
/** Coffer's ways to delete a secret, by what stands before its path. */
const DELETIONS = ['data', 'metadata', 'delete'] as const;

/** One secret, at both servers. */
interface Place {
  readonly path: string;
  /** Vault's version, which begins anew after a deletion; 0 where there is no secret. */
  version: number;
  /** By how much Coffer's versions are higher, which go on after a deletion. */
  ahead: number;
}

/**
 * Random requests to Vault's KV 2 engine and to Coffer's API for it, the same to both but for the numbers of versions. What is
 * meant to differ (docs/guides/vault-recipes.md) is left out: a deletion takes the metadata away at Vault too, and versions
 * before the current one are not asked for.
 */
export class KvSequence {
  static readonly KINDS = [
    'read',
    'write',
    'cas',
    'patch',
    'delete',
    'metadata',
    'custom',
    'list',
    'malformed',
  ] as const;

  readonly #random: SeededRandom;
  readonly #places: readonly Place[];

  constructor(
    private readonly seed: number,
    private readonly vault: VaultTarget,
    private readonly coffer: VaultTarget,
  ) {
    this.#random = new SeededRandom(seed);
    this.#places = PATHS.map((path) => ({ path: `seed${seed}/${path}`, version: 0, ahead: 0 }));
  }

  next(): Promise<KvStep> {
    const kind = this.#random.pick(KvSequence.KINDS);
    const place = this.#random.pick(this.#places);
    const { path, version } = place;
    const same = (request: KvRequest) => this.#step(kind, place, request, request);
    switch (kind) {
      case 'read':
        return same({ method: 'GET', path: `data/${path}${this.#random.pick(['', '?version=0', '?version='])}` });
      case 'metadata':
        return same({ method: 'GET', path: `metadata/${path}` });
      case 'list':
        return same(this.#list());
      case 'malformed':
        return same({ ...this.#put(path), body: this.#random.pick(MALFORMED) });
      case 'custom':
        // Vault keeps metadata without a secret.
        return same(version === 0 ? { method: 'GET', path: `metadata/${path}` } : this.#custom(path));
      case 'write':
        return same({ ...this.#put(path), body: { data: this.#fields() } });
      case 'cas':
        return this.#checked(kind, place, this.#put(path), this.#fields());
      case 'patch':
        return this.#checked(
          kind,
          place,
          { method: 'PATCH', path: `data/${path}`, type: MERGE_PATCH },
          this.#fields(1),
        );
      case 'delete':
        return this.#delete(kind, place);
    }
  }

  async #step(kind: string, place: Place, ofVault: KvRequest, request: KvRequest): Promise<KvStep> {
    const [vault, coffer] = await Promise.all([send(this.vault, ofVault), send(this.coffer, request)]);
    const written = [answerOf(vault).version, answerOf(coffer).version] as const;
    // What was not there counts from here on at Coffer.
    if (place.version === 0) place.ahead = (written[1] ?? 0) - (written[0] ?? 0);
    place.version = written[0] ?? place.version;
    return { kind, request, vault: normalized(vault, 0), coffer: normalized(coffer, place.ahead) };
  }

  /** Under a precondition that holds, one that does not, or none. */
  #checked(kind: string, place: Place, request: KvRequest, data: object): Promise<KvStep> {
    const { version, ahead } = place;
    const bodyOf = (cas: unknown) => ({ ...request, body: { data, options: { cas } } });
    const wrong: unknown = this.#random.pick([0, 1_000, '1000', null, '']);
    switch (this.#random.index(4)) {
      case 0:
        return this.#step(kind, place, bodyOf(wrong), bodyOf(wrong));
      case 1:
        return this.#step(kind, place, bodyOf(String(version)), bodyOf(version === 0 ? '0' : String(version + ahead)));
      case 2:
        return this.#step(kind, place, bodyOf(version), bodyOf(version === 0 ? 0 : version + ahead));
      default:
        return this.#step(kind, place, { ...request, body: { data } }, { ...request, body: { data } });
    }
  }

  async #delete(kind: string, place: Place): Promise<KvStep> {
    const { path, version, ahead } = place;
    const way = version === 0 ? 'data' : this.#random.pick(DELETIONS);
    const request: KvRequest =
      way === 'delete'
        ? { method: 'PUT', path: `${way}/${path}`, body: { versions: [version + ahead] } }
        : { method: 'DELETE', path: `${way}/${path}` };
    const step = await this.#step(kind, place, { method: 'DELETE', path: `metadata/${path}` }, request);
    place.version = 0;
    return step;
  }

  #put(path: string): KvRequest {
    const type = this.#random.pick(TYPES);
    return { method: this.#random.pick(['PUT', 'POST']), path: `data/${path}`, ...(type !== '' && { type }) };
  }

  #list(): KvRequest {
    const folder = `metadata/seed${this.seed}${this.#random.pick(FOLDERS)}${this.#random.pick(['', '/'])}`;
    return this.#random.chance(0.5) ? { method: 'LIST', path: folder } : { method: 'GET', path: `${folder}?list=true` };
  }

  #custom(path: string): KvRequest {
    if (this.#random.chance(0.5)) {
      const custom = this.#members(CUSTOM_NAMES, [...CUSTOM_TEXTS, 7, true, false], 0);
      return {
        method: this.#random.pick(['PUT', 'POST']),
        path: `metadata/${path}`,
        body: { custom_metadata: custom },
      };
    }
    // Vault answers 500 to a patch by what is no text.
    const texts = this.#members(CUSTOM_NAMES, CUSTOM_TEXTS, 0);
    const patch = { ...texts, ...(this.#random.chance(0.5) && { [this.#random.pick(CUSTOM_NAMES)]: null }) };
    return { method: 'PATCH', path: `metadata/${path}`, body: { custom_metadata: patch }, type: MERGE_PATCH };
  }

  /** `least`: Vault answers 500 to a patch of nothing. */
  #fields(least = 0): object {
    return this.#members(NAMES, VALUES, least);
  }

  #members(names: readonly string[], values: readonly unknown[], least: number): object {
    const chosen = this.#random.shuffled(names).slice(0, this.#random.integer(least, 3));
    return Object.fromEntries(chosen.map((name) => [name, this.#random.pick(values)]));
  }
}
