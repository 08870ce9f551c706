import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RecordTail } from '@coffer/audit';
import { SecretValue } from '@coffer/secrets';
import { resolveSecret } from '../../values/values.endpoints.js';
import { RequestAudit, type CachedRecord } from './audit-hook.js';

const HASHER = { activeId: 'k', hmac: () => Buffer.alloc(32) };
const REQUEST = { method: 'GET', headers: {}, socket: { remoteAddress: '127.0.0.1' } };

it('a call that was recorded keeps no value that the cache has dropped', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const tails: string[] = [];
  const trail = {
    append: () => undefined,
    appendPrepared: (_id: string, { text }: RecordTail) => void tails.push(text),
  };
  const audit = new RequestAudit(trail, HASHER);
  const place = { tenant: 'main', namespace: 'company', key: 'K', principal: { id: 'token:t', grants: [] } };
  const record: CachedRecord = { definition: resolveSecret, place, tails: new WeakMap() };
  const read = (): WeakRef<SecretValue> => {
    const value = new SecretValue('x'.repeat(100_000));
    for (let reads = 0; reads < 2; reads += 1) {
      audit.cached(REQUEST as never, record, { audited: [{ value }] }, () => undefined);
    }
    return new WeakRef(value);
  };
  const dropped = read();
  await turn();
  collect();
  expect(dropped.deref()).toBeUndefined();
  // A value may be given out as another version, where a patch has changed what is beside it.
  const value = new SecretValue('v');
  const versions = ['v1', 'v2', 'v2'];
  for (const version of versions)
    audit.cached(REQUEST as never, record, { audited: [{ value, version }] }, () => undefined);
  expect(tails.splice(2).map((tail) => /"version":"(v\d)"/.exec(tail)?.[1])).toEqual(versions);
  // What gives out no value is not recorded as the answer before, which did.
  audit.cached(REQUEST as never, record, { audited: [{}] }, () => undefined);
  const [first, second, last] = tails;
  expect([second === first, first?.includes('"hmac"'), last?.includes('"hmac"')]).toEqual([true, true, false]);
});

it('a value that is recorded again has the hash by the key that is active then', () => {
  const tails: string[] = [];
  const trail = {
    append: () => undefined,
    appendPrepared: (_id: string, { text }: RecordTail) => void tails.push(text),
  };
  const hasher = { ...HASHER };
  const audit = new RequestAudit(trail, hasher);
  const place = { tenant: 'main', namespace: 'company', key: 'K', principal: { id: 'token:t', grants: [] } };
  const record: CachedRecord = { definition: resolveSecret, place, tails: new WeakMap() };
  const value = new SecretValue('v');
  const keys = ['k1', 'k1', 'k2', 'k2'];
  for (hasher.activeId of keys) audit.cached(REQUEST as never, record, { audited: [{ value }] }, () => undefined);
  expect(tails.map((tail) => /"hmac":"(k\d):/.exec(tail)?.[1])).toEqual(keys);
});
