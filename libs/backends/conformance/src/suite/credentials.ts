import { expect } from '@jest/globals';
import type { Backend } from '@coffer/backend-contract';
import { leaksOf } from '../leaks.js';
import { isAbsent } from '../harness.js';
import { VALUE_CANARY, type Bench } from './bench.js';

const everyCall = (bench: Bench, backend: Backend): Promise<unknown>[] => {
  const path = bench.path();
  const listing = async (): Promise<void> => {
    for await (const _page of backend.list({ tenant: path.tenant }, bench.call()));
  };
  return [
    backend.read(path, bench.call()),
    backend.apply(
      { kind: 'put', path, value: bench.value('x'), metadata: { description: 'x', tags: [] } },
      { fence: bench.fence(), ...bench.call() },
    ),
    backend.apply({ kind: 'patch', path, metadata: { description: 'x' } }, { fence: bench.fence(), ...bench.call() }),
    backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() }),
    listing(),
    backend.check(bench.call()),
  ];
};

export const credentialTests = (bench: Bench): void => {
  const { it } = bench;
  const { credentials } = bench.harness;
  if (isAbsent(credentials)) {
    for (const title of ['wrong credentials', 'forbidden']) {
      bench.absent(title, credentials.absent);
    }
  } else {
    it('wrong credentials are unauthenticated', async () => {
      const backend = await bench.opened(credentials.wrong());
      const errors = await Promise.all(everyCall(bench, backend).map((calling) => bench.failure(calling)));
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['unauthenticated']));
    });

    it('forbidden is denied', async () => {
      const backend = await bench.opened(credentials.forbidden());
      const errors = await Promise.all(everyCall(bench, backend).map((calling) => bench.failure(calling)));
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['denied']));
    });
  }

  it('leaks in errors would be seen', () => {
    const canaries = [VALUE_CANARY, ...bench.harness.credentialCanaries];
    for (const canary of canaries) {
      const bytes = Buffer.from(canary);
      const planted: unknown[] = [
        new Error(canary),
        new Error('x', { cause: new Error('y', { cause: { config: { data: canary } } }) }),
        Object.defineProperty(new Error('x'), 'request', { value: { body: bytes }, enumerable: false }),
        Object.assign(new Error('x'), { sql: [`'${bytes.toString('hex').toUpperCase()}'`] }),
        Object.assign(new Error('x'), { toJSON: () => ({ a: canary }) }),
        new AggregateError([new Error(encodeURIComponent(canary))]),
      ];
      for (const error of planted) expect(leaksOf(error, canaries)).toContain(canary);
    }
    expect(leaksOf(new Error('nothing here'), canaries)).toEqual([]);
  });
};
