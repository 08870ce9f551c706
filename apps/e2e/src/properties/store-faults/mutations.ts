import type { MutationPayload } from '@coffer/messaging';
import { SecretPath, type SecretMetadata } from '@coffer/secrets';
import type { SeededRandom } from '@coffer/coherence/simulation';

export const KEYS = 20;

export const pathOf = (key: number): SecretPath => SecretPath.of('main', 'company.team', `KEY_${key}`);

/** What a key should hold; `undefined`: nothing. */
export type Held = { readonly value: string; readonly metadata: SecretMetadata } | undefined;

export interface Planned {
  readonly key: number;
  readonly payload: Exclude<MutationPayload, { kind: 'drop' }>;
}

/** Seven puts, each of a value of its own, to two deletes and one change of metadata. */
export const planned = (count: number, random: SeededRandom): Planned[] =>
  Array.from({ length: count }, (_, number): Planned => {
    const key = random.index(KEYS);
    const roll = random.next();
    const description = `of mutation ${number}`;
    if (roll < 0.1) return { key, payload: { kind: 'patch', description } };
    if (roll < 0.3) return { key, payload: { kind: 'delete' } };
    const tags = [{ key: 'mutation', value: String(number) }];
    return { key, payload: { kind: 'put', value: `value ${number}`, description, tags } };
  });

/** What a key holds after the mutation; the same where it must be refused as `not-found`. */
export const after = (held: Held, { payload }: Planned): Held => {
  switch (payload.kind) {
    case 'put':
      return { value: payload.value, metadata: { description: payload.description ?? '', tags: payload.tags } };
    case 'patch':
      return held && { ...held, metadata: { ...held.metadata, description: payload.description ?? '' } };
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
