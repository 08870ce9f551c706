import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@coffer/secrets';
import type { BreakGlassCredential } from './credentials.js';
import { parseGrant } from './grants.js';
import type { Grant, Principal } from './principal.js';

/** Resolves with whether the record was taken; never rejects. */
export type RecordBreakGlass = (entry: BreakGlassCredential) => Promise<boolean>;

interface Entry {
  readonly credential: BreakGlassCredential;
  readonly grants: readonly Grant[];
  recorded: boolean;
  recording: boolean;
}

interface Extended {
  readonly principal: Principal;
  /** The end of its validity, in milliseconds since the Unix epoch. */
  readonly untilMs: number;
  readonly recordedCount: number;
}

/**
 * The break-glass grants of one configuration: they count for a while, and no sooner than the record that tells of them was
 * taken. While it is not, each call for a principal that has one tries again.
 */
export class BreakGlass {
  private readonly entries: readonly Entry[];
  readonly #byPrincipal: ReadonlyMap<string, readonly Entry[]>;
  readonly #extended = new WeakMap<Principal, Extended>();
  #record: RecordBreakGlass | undefined;
  #recordedCount = 0;

  /** Throws `configuration` for a wrong grant. What `previous` has recorded is not recorded again. */
  constructor(
    credentials: readonly BreakGlassCredential[],
    private readonly clock: Clock,
    record: RecordBreakGlass | undefined,
    previous?: BreakGlass,
  ) {
    this.entries = credentials.map((credential) => ({
      credential,
      grants: credential.grants.map((grant) => {
        const parsed = parseGrant(grant, `the break-glass grant '${credential.id}'`);
        return Object.freeze({ ...parsed, origin: `breakGlass.${credential.id}` });
      }),
      recorded: previous?.isRecorded(credential) ?? false,
      recording: false,
    }));
    this.#byPrincipal = Map.groupBy(this.entries, ({ credential }) => credential.to);
    this.recordBy(record);
  }

  private isRecorded(credential: BreakGlassCredential): boolean {
    return this.entries.some((entry) => entry.recorded && isDeepStrictEqual(entry.credential, credential));
  }

  /** Grants count from here on, each once it was recorded. */
  recordBy(record: RecordBreakGlass | undefined): void {
    this.#record = record;
    for (const entry of this.entries) this.#ensureRecorded(entry);
  }

  /** The principal with the grants that count for it now. */
  extend(principal: Principal): Principal {
    const entries = this.#byPrincipal.size === 0 ? undefined : this.#byPrincipal.get(principal.id);
    if (entries === undefined) return principal;
    for (const entry of entries) this.#ensureRecorded(entry);
    const now = this.clock.wall();
    const known = this.#extended.get(principal);
    if (known !== undefined && known.recordedCount === this.#recordedCount && now < known.untilMs) {
      return known.principal;
    }
    const counting = entries.filter(({ recorded, credential }) => recorded && now < credential.expiresAtMs);
    const grants = counting.flatMap((entry) => entry.grants);
    const extended = grants.length === 0 ? principal : withGrants(principal, grants);
    const untilMs = Math.min(...counting.map(({ credential }) => credential.expiresAtMs));
    this.#extended.set(principal, { principal: extended, untilMs, recordedCount: this.#recordedCount });
    return extended;
  }

  #ensureRecorded(entry: Entry): void {
    if (entry.recorded || entry.recording || this.#record === undefined) return;
    if (this.clock.wall() >= entry.credential.expiresAtMs) return;
    entry.recording = true;
    void this.#record(entry.credential).then((taken) => {
      entry.recording = false;
      entry.recorded = taken;
      if (taken) this.#recordedCount += 1;
    });
  }
}

const withGrants = (principal: Principal, grants: readonly Grant[]): Principal =>
  Object.freeze({ ...principal, breakGlass: true, grants: Object.freeze([...principal.grants, ...grants]) });
