import type { Backend } from '@coffer/backend-contract';
import { fenceOf, SecretPath, SecretValue } from '@coffer/secrets';

/** One secret of a store, read in its two ways. */
export interface ReadPair {
  /** As the registry opens it, without a facade. */
  readonly adapter: Backend;
  /** What the adapter's read asks the store for, by the vendor's client alone, side by side where the adapter does so. */
  bare(): Promise<unknown>;
  close(): Promise<void>;
}

export interface PairRow {
  readonly store: string;
  open(): Promise<ReadPair>;
}

export const PATH = SecretPath.of('main', 'company.team', 'API_KEY');
export const TEXT = 'a value as long as many are, 48 characters of it';

const WRITE_TIMEOUT_MS = 20_000;

export const put = async (adapter: Backend): Promise<void> => {
  const metadata = { description: 'of the bench', tags: [{ key: 'team', value: 'company' }] };
  const signal = AbortSignal.timeout(WRITE_TIMEOUT_MS);
  await adapter.apply(
    { kind: 'put', path: PATH, value: new SecretValue(TEXT), metadata },
    { fence: fenceOf(1, 1n), signal },
  );
};
