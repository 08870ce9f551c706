import type { Stores } from '@coffer/backend-registry';
import { CofferError, SecretPath, SecretValue, type Mutation } from '@coffer/secrets';
import { validateByStore } from './validate-by-store.js';

describe('validateByStore', () => {
  const path = SecretPath.of('main', 'company', 'KEY');
  const mutations: Mutation[] = [
    { kind: 'put', path, value: new SecretValue('hunter2'), metadata: { tags: [] } },
    { kind: 'patch', path, metadata: { description: '' } },
    { kind: 'delete', path },
  ];
  const refusal = new CofferError('read-only', 'the store is read-only');
  /** A store that takes nothing, and the only one. */
  const asked: unknown[] = [];
  const validate = (mutation: Mutation): void => {
    asked.push(mutation);
    throw refusal;
  };
  const stores = { of: (at: SecretPath) => (at === path ? { backend: { validate } } : undefined) };
  const check = validateByStore(stores as unknown as Pick<Stores, 'of'>);
  beforeEach(() => void asked.splice(0));

  it.each(mutations)('throws what the store of the path says of a $kind', (mutation) => {
    expect(() => check(mutation)).toThrow(refusal);
    expect(asked).toEqual([mutation]);
  });

  it('asks nothing about a drop, which writes nothing, but that there is a store', () => {
    check({ kind: 'drop', path });
    expect(asked).toEqual([]);
    expect(() => check({ kind: 'drop', path: SecretPath.of('main', 'company', 'OTHER') })).toThrow();
  });
});
