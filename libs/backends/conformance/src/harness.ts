import type { Backend } from '@coffer/backend-contract';
import type { ErrorCode, SecretPath, Tag } from '@coffer/secrets';

/** Stands for what the store cannot have; the reason is printed in the title of the tests it replaces. */
export interface Absent {
  readonly absent: string;
}

export const isAbsent = (option: object): option is Absent => 'absent' in option;

export interface OpenOptions {
  /** Defaults to a prefix that nothing else in the store uses. */
  readonly prefix?: string;
}

/** What only the facade does; given to subjects that are opened through it. */
export interface FacadeRules {
  readonly readOnly?: boolean;
  readonly defaultTags?: readonly Tag[];
  readonly filterOnTags?: readonly Tag[];
  readonly excludedTags?: readonly Tag[];
  readonly filterOnPrefix?: { readonly prefix: string; readonly keepPrefix: boolean };
}

export interface FacadeOptions {
  /** `onCall` is called for each call that reaches the adapter below. */
  open(rules: FacadeRules, onCall?: () => void): Promise<Backend>;
}

/**
 * `throttled`, `server-error`: the store says so. `cut-before`: the connection breaks before the store saw the call.
 * `cut-after`: it breaks when the store has done the work. `timeout-after`: the store does the work, and its answer
 * never comes.
 */
export const FAULT_KINDS = ['throttled', 'server-error', 'cut-before', 'cut-after', 'timeout-after'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A backend whose calls fail between `arm` and `disarm`, and the codes with which it may report that. */
export interface FaultyStore {
  readonly backend: Backend;
  readonly codes: readonly ErrorCode[];
  arm(): void | Promise<void>;
  disarm(): void | Promise<void>;
  close(): Promise<void>;
}

export interface CredentialOptions {
  /** Opens the store with credentials that it does not know. */
  wrong(): Promise<Backend>;
  /** Opens the store with credentials that it knows and that may neither read nor write secrets. */
  forbidden(): Promise<Backend>;
}

/** What people and other programs do in the store without Coffer. */
export interface ExternalSecrets {
  /** Makes a secret of that identity, under a name that Coffer would not have chosen where the store allows one. Answers the name. */
  create(prefix: string, path: SecretPath, value: string, tags?: readonly Tag[]): Promise<string>;
  /** Gives the secret of that name another value. */
  change(name: string, value: string): Promise<void>;
  /** The present value under that name, asked of the store itself. */
  valueOf(name: string): Promise<string>;
  /** Whether the store can hold two secrets of one identity; a store that addresses by path cannot, and its names are no secret. */
  readonly duplicates: boolean;
  /** Time until what was made outside is surely found; default 20,000, for some services list with a delay. */
  readonly visibleWithinMs?: number;
}

/** Fewer secrets than fill two pages, for a store whose pages another suite goes through. */
export interface FewerSecrets {
  readonly count: number;
  readonly reason: string;
}

/** Shorter names than Coffer's own, for a store that leaves less room. */
export interface ShorterNames {
  /** Whether the store can hold a secret of that path. */
  fits(path: SecretPath): boolean;
  readonly reason: string;
}

/** What a store promises, where it is not what the suite expects of one: `atomic`. */
export interface WeakerWrites {
  readonly conditionalWrites: 'checked' | 'none';
  readonly reason: string;
}

/** A store under test: how to open it, and which parts of the suite cannot exist there. */
export interface Harness {
  /** As the table of stores and tests shows it. */
  readonly name: string;
  /** The suite closes what it opened. Parallel backends see one store. */
  open(options: OpenOptions): Promise<Backend>;
  /** Present when `open` goes through the facade. */
  readonly facade?: FacadeOptions;
  readonly credentials: CredentialOptions | Absent;
  /** Absent where the capability `externalSecrets` is false. */
  readonly external?: ExternalSecrets;
  readonly faults: Readonly<Record<FaultKind, { open(): Promise<FaultyStore> } | Absent>>;
  /** Whether Coffer seals the values of this store, with the ring of `testRing`. Defaults to false. */
  readonly seals?: boolean;
  /** Present where the store does not keep when a change was accepted. */
  readonly changeTimes?: Absent;
  /** Absent where writes are `atomic`. */
  readonly weakerWrites?: WeakerWrites;
  /** Absent where the store holds every path that Coffer knows. */
  readonly shorterNames?: ShorterNames;
  /** Secrets in a page of the store's list; tests of lists make more than two pages of them. Defaults to 500. */
  readonly pageSize?: number;
  readonly fewerSecrets?: FewerSecrets;
  /** Title of a test → how the test server departs from the service there. The test does not run, and its title says why. */
  readonly departures?: Readonly<Record<string, string>>;
  /** Credentials that must never be seen in an error. */
  readonly credentialCanaries: readonly string[];
  /** Frees the store; called once, after the last test. */
  close(): Promise<void>;
}
