import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { partitionOf, type SealedMutation } from '@coffer/messaging';
import { SecretPath, SecretValue } from '@coffer/secrets';
import { v7 as uuid } from 'uuid';

/** What poison is made from: the rings to seal with, and the value that each one tries to bring in. */
export interface Brewing {
  /** The instance's own. */
  readonly own: KeyRing;
  /** A ring of another deployment: another key under the same id. */
  readonly foreign: KeyRing;
  /** A ring whose key id the instance does not know. */
  readonly unknown: KeyRing;
  readonly value: string;
}

/** What a mutation's envelope is bound to. */
interface Target {
  readonly path: SecretPath;
  readonly operation: string;
  readonly partition: number;
  readonly sentAt: number;
}

type Brew = (brewing: Brewing, target: Target) => Partial<SealedMutation> & Pick<SealedMutation, 'body'>;

const put = (value: unknown): Buffer => Buffer.from(JSON.stringify({ kind: 'put', value, metadata: { tags: [] } }));

const sealed = (ring: KeyRing, plain: Buffer, target: Target): Buffer =>
  ring.seal(plain, { ...target, purpose: 'kafka' });

const elsewhere = ({ path, ...rest }: Target): Target => ({
  ...rest,
  path: SecretPath.of(path.tenant, path.namespace, `${path.key}-elsewhere`),
});

const flipped = (bytes: Buffer): Buffer => {
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 1, bytes.length - 20);
  return bytes;
};

/** Every way in which a mutation can be one that no retry will ever apply. */
export const POISONS: Readonly<Record<string, Brew>> = {
  'no envelope': () => ({ body: randomBytes(200) }),
  empty: () => ({ body: Buffer.alloc(0) }),
  'cut short': ({ own, value }, target) => ({ body: sealed(own, put(value), target).subarray(0, -7) }),
  'one bit flipped': ({ own, value }, target) => ({ body: flipped(sealed(own, put(value), target)) }),
  'of another operation': ({ own, value }, target) => ({
    body: sealed(own, put(value), { ...target, operation: uuid() }),
  }),
  'of another path': ({ own, value }, target) => ({ body: sealed(own, put(value), elsewhere(target)) }),
  'of another partition': ({ own, value }, target) => ({
    body: sealed(own, put(value), { ...target, partition: target.partition + 1 }),
  }),
  'of another time': ({ own, value }, target) => ({
    body: sealed(own, put(value), { ...target, sentAt: target.sentAt - 1 }),
  }),
  'of another purpose': ({ own, value }, target) => ({ body: own.seal(put(value), { ...target, purpose: 'redis' }) }),
  'of an unknown key': ({ unknown, value }, target) => ({ body: sealed(unknown, put(value), target) }),
  'of a foreign’s key': ({ foreign, value }, target) => ({ body: sealed(foreign, put(value), target) }),
  'no JSON': ({ own, value }, target) => ({
    body: sealed(own, Buffer.from(`{"kind":"put","value":"${value}`), target),
  }),
  'of an unknown kind': ({ own, value }, target) => ({
    body: sealed(own, Buffer.from(JSON.stringify({ kind: 'swap', value })), target),
  }),
  'of an unknown shape': ({ own, value }, target) => ({ body: sealed(own, put({ text: value }), target) }),
  'of another kind than its record says': ({ own, value }, target) => ({
    kind: 'delete',
    body: sealed(own, put(value), target),
  }),
  'of a newer schema': ({ own, value }, target) => ({
    schema: 2,
    body: sealed(own, put(value), target),
  }),
};

/** Throws for a number below zero. The kinds come in turn. `partitions`: of the queue. */
export const brew = (number: number, path: SecretPath, brewing: Brewing, partitions: number): SealedMutation => {
  const kinds = Object.values(POISONS);
  const make = kinds[number % kinds.length];
  if (make === undefined) throw new Error('poisons are counted from 0');
  const operation = uuid();
  const fingerprint = randomBytes(32).toString('hex');
  const text = path.toString();
  const sentAt = Date.now();
  const more = make(brewing, { path, operation, partition: partitionOf(text, partitions), sentAt });
  return { schema: 1, operation, kind: 'put', path: text, fingerprint, sentAt, ...more };
};

const ring = (id: string): Promise<KeyRing> =>
  KeyRing.derive([{ id, secret: new SecretValue(randomBytes(32).toString('base64')), active: true }]);

export const openBrewing = async (own: KeyRing, value: string): Promise<Brewing> => ({
  own,
  value,
  foreign: await ring(own.activeId),
  unknown: await ring('unknown'),
});
