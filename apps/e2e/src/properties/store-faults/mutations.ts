import type { StoreMutation } from '@coffer/backend-contract';
import type { SeededRandom } from '@coffer/coherence/simulation';
import { applyPatch, SecretPath, SecretValue, type SecretMetadata } from '@coffer/secrets';

export const KEYS = 20;

export const pathOf = (key: number): SecretPath => SecretPath.of('main', 'company.team', `KEY_${key}`);

/** What a key should hold; `undefined` means nothing. */
export type Held = { readonly value: string; readonly metadata: SecretMetadata } | undefined;

export interface Planned {
  readonly key: number;
  readonly mutation: StoreMutation;
}

/** Seven puts, each of a value of its own, to two deletes and one change of metadata. */
export const planned = (count: number, random: SeededRandom): Planned[] =>
  Array.from({ length: count }, (_, number): Planned => {
    const key = random.index(KEYS);
    const path = pathOf(key);
    const roll = random.next();
    const description = `of mutation ${number}`;
    if (roll < 0.1) return { key, mutation: { kind: 'patch', path, metadata: { description } } };
    if (roll < 0.3) return { key, mutation: { kind: 'delete', path } };
    const metadata = { description, tags: [{ key: 'mutation', value: String(number) }] };
    return { key, mutation: { kind: 'put', path, value: new SecretValue(`value ${number}`), metadata } };
  });

/** What a key holds after the mutation; the same where it must be refused as `not-found`. */
export const after = (held: Held, { mutation }: Planned): Held => {
  switch (mutation.kind) {
    case 'put':
      return { value: mutation.value.reveal(), metadata: mutation.metadata };
    case 'patch':
      return held && { ...held, metadata: applyPatch(held.metadata, mutation.metadata) };
    case 'delete':
      return undefined;
  }
};

export const sameHeld = (a: Held, b: Held): boolean => {
  const text = (held: Held): string =>
    held === undefined
      ? ''
      : JSON.stringify([
          held.value,
          held.metadata.description ?? '',
          held.metadata.tags.map(({ key, value }) => [key, value]),
        ]);
  return text(a) === text(b);
};
