import type { Heartbeat } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';

/** No secret has this path: its tenant is empty. */
const CONTEXT = { purpose: 'redis', path: { tenant: '', namespace: '', key: 'heartbeats' } } as const;

type Row = readonly [number, string, string, number, number?];

const rowOf = ({ shard, instance, position, leaving, nonce }: Heartbeat): Row => {
  const row = [shard, instance, position.toString(), leaving ? 1 : 0] as const;
  return nonce === undefined ? row : [...row, nonce];
};

const heartbeatOf = ([shard, instance, position, leaving, nonce]: Row): Heartbeat => ({
  shard,
  instance,
  position: BigInt(position),
  leaving: leaving === 1,
  ...(nonce === undefined ? {} : { nonce }),
});

/** Which keys the reader has, and its heartbeats. */
type Message = readonly [readonly string[], readonly Row[]];

/**
 * Seals heartbeats: a coordinator that believed a forged position would let a write pass a reader. One of a reader that
 * lacks a key of this ring counts as none, so that it is granted no lease: it passes over what is signed with that key.
 */
export class HeartbeatCodec {
  constructor(private readonly ring: KeyRing) {}

  encode(heartbeats: readonly Heartbeat[]): Buffer {
    return this.ring.seal(Buffer.from(JSON.stringify([this.ring.ids, heartbeats.map(rowOf)])), CONTEXT);
  }

  /** None for whatever was not sealed by a key of the ring, or by who lacks one of its keys. */
  decode(sealed: Uint8Array): Heartbeat[] {
    try {
      const [keys, rows] = JSON.parse(this.ring.open(sealed, CONTEXT).toString('utf8')) as Message;
      return this.ring.ids.every((id) => keys.includes(id)) ? rows.map(heartbeatOf) : [];
    } catch {
      return [];
    }
  }
}
