import type { KeyRing } from '@coffer/crypto';
import type { SecretPath } from '@coffer/secrets';

/** The two keys of a path. They share the hash tag in braces, and so the slot of a cluster. */
export interface RedisNames {
  readonly entry: string;
  readonly lease: string;
}

const namesOf = (mac: Buffer): RedisNames => {
  const tag = `coffer:{${mac.toString('base64url')}}`;
  return { entry: `${tag}:entry`, lease: `${tag}:fill` };
};

/** Says nothing of the path to who has not the key. */
export const namesFor = (ring: KeyRing, { tenant, namespace, key }: SecretPath): RedisNames =>
  namesOf(ring.hmac('redis-key', 'path', tenant, namespace, key));

/** Under every key of the ring: during a rotation other processes may have another one active. */
export const allNamesFor = (ring: KeyRing, { tenant, namespace, key }: SecretPath): readonly RedisNames[] =>
  ring.ids.map((id) => namesOf(ring.hmacWith(id, 'redis-key', 'path', tenant, namespace, key)));

/** The channel of the heartbeats of everybody who has this key. */
export const channelOf = (ring: KeyRing, id: string): string =>
  `coffer:heartbeats:${ring.hmacWith(id, 'redis-key', 'heartbeats').toString('base64url')}`;
