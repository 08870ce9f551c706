import type { ReadService, ResolvedSecret } from '@coffer/reads';
import { CofferError, SecretPath, type ErrorCode, type SecretValue } from '@coffer/secrets';
import type { z } from 'zod';
import type { AuditedSecret } from '../http/audit/audited.js';
import { recognise } from '../http/errors/recognise.js';
import type { comparison } from './compare.endpoints.js';

type ComparedKey = z.input<typeof comparison>['keys'][number];
type Cell = ComparedKey['cells'][number];

/** A key, and for each namespace the level that holds it. */
export interface ComparedRow {
  readonly key: string;
  readonly levels: readonly (string | undefined)[];
}

type Read = Pick<ResolvedSecret, 'version'> & { readonly fingerprint: string };
type Found = Read | 'absent' | { readonly code: ErrorCode };

export interface ComparerOptions {
  readonly tenant: string;
  readonly namespaces: readonly string[];
  readonly reads: Pick<ReadService, 'resolve'>;
  readonly fingerprintOf: (value: SecretValue) => string;
  /** Deadline, as `performance.now()` has it: no read is begun after it. */
  readonly until: number;
}

/** Values that are in memory at the same time. */
const CONCURRENCY = 16;

const verdictOf = (cells: readonly Cell[]): ComparedKey['verdict'] => {
  if (cells.some(({ state }) => state === 'failed')) return 'unknown';
  if (cells.some(({ state }) => state === 'missing')) return 'missing';
  return cells.every(({ group }) => group === 0) ? 'same' : 'different';
};

/** Compares the values of keys, each read once, and keeps none of them. */
export class Comparer {
  readonly #found = new Map<string, Found>();
  readonly audited: AuditedSecret[] = [];

  constructor(private readonly options: ComparerOptions) {}

  async compare(rows: readonly ComparedRow[]): Promise<ComparedKey[]> {
    const places = rows.flatMap(({ key, levels }) => [...new Set(levels)].map((level) => ({ key, level })));
    let next = 0;
    const work = async (): Promise<void> => {
      for (let place = places[next++]; place !== undefined; place = places[next++]) {
        if (place.level !== undefined) await this.#read(place.level, place.key);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return rows.map((row) => this.#row(row));
  }

  async #read(namespace: string, key: string): Promise<void> {
    const found = await this.#find(namespace, key);
    this.#found.set(`${namespace}/${key}`, found);
    if (found === 'absent') this.audited.push({ namespace, key, outcome: 'not-found' });
    else if ('code' in found) this.audited.push({ namespace, key, outcome: found.code });
    else this.audited.push({ namespace, key, version: found.version });
  }

  async #find(namespace: string, key: string): Promise<Found> {
    const { reads, tenant, fingerprintOf, until } = this.options;
    if (performance.now() > until) return { code: 'timeout' };
    try {
      const path = SecretPath.of(tenant, namespace, key);
      const { value, version } = await reads.resolve({ path, inherit: false, visible: () => true });
      return { version, fingerprint: fingerprintOf(value) };
    } catch (error) {
      return CofferError.is(error, 'not-found') ? 'absent' : { code: recognise(error).code };
    }
  }

  #row({ key, levels }: ComparedRow): ComparedKey {
    const groups = new Map<string, number>();
    const cells = levels.map((level, at): Cell => {
      const found = level === undefined ? 'absent' : (this.#found.get(`${level}/${key}`) ?? 'absent');
      if (found === 'absent' || level === undefined) return { state: 'missing' };
      if ('code' in found) return { state: 'failed', code: found.code };
      const group = groups.get(found.fingerprint) ?? groups.size;
      groups.set(found.fingerprint, group);
      const { version } = found;
      if (level === this.options.namespaces[at]) return { state: 'here', version, group };
      return { state: 'inherited', from: level, version, group };
    });
    return { key, verdict: verdictOf(cells), cells };
  }
}
