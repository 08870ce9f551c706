import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SecretValue } from '@coffer/secrets';
import { resolveSecret } from '../../values/endpoints.js';
import { RequestAudit, type CachedRecord } from './audit-hook.js';

const HASHER = { activeId: 'k', hmac: () => Buffer.alloc(32) };
const REQUEST = { method: 'GET', headers: {}, socket: { remoteAddress: '127.0.0.1' } };

it('a call that was recorded keeps no value that the cache has dropped', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const tails: string[] = [];
  const trail = { append: () => undefined, appendPrepared: (_id: string, tail: string) => void tails.push(tail) };
  const audit = new RequestAudit(trail, HASHER);
  const place = { tenant: 'main', namespace: 'company', key: 'K', principal: { id: 'token:t', grants: [] } };
  const record: CachedRecord = { definition: resolveSecret, place, memo: undefined };
  const read = (): WeakRef<SecretValue> => {
    const value = new SecretValue('x'.repeat(100_000));
    for (let reads = 0; reads < 2; reads += 1) {
      audit.cached(REQUEST as never, record, { status: 200, audited: [{ value }], body: undefined }, () => undefined);
    }
    return new WeakRef(value);
  };
  const dropped = read();
  await turn();
  collect();
  expect(dropped.deref()).toBeUndefined();
  // What gives out no value is not recorded as the answer before, which did.
  audit.cached(REQUEST as never, record, { status: 200, audited: [{}], body: undefined }, () => undefined);
  const [first, second, last] = tails;
  expect([second === first, first?.includes('"hmac"'), last?.includes('"hmac"')]).toEqual([true, true, false]);
});
