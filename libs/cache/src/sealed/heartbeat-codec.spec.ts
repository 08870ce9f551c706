import type { Heartbeat } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { SecretPath, SecretValue } from '@coffer/secrets';
import fc from 'fast-check';
import { EntryCodec } from './entry-codec.js';
import { HeartbeatCodec } from './heartbeat-codec.js';

const beat: Heartbeat = { shard: 1, instance: 'reader', position: (1n << 60n) + 1n, leaving: true, nonce: 7 };

const ringOf = (active: string, ...others: readonly string[]): Promise<KeyRing> =>
  KeyRing.derive(
    [active, ...others].map((id) => ({
      id,
      secret: new SecretValue(Buffer.alloc(32, 7).toString('base64')),
      active: id === active,
    })),
  );

/** Who writes to Redis without the keys can lose, repeat and delay heartbeats, which costs time, and nothing else. */
describe('heartbeats in Redis', () => {
  it('are believed unchanged, whichever key of the ring sealed them', async () => {
    const sealed = new HeartbeatCodec(await ringOf('a', 'b')).encode([beat]);
    expect(new HeartbeatCodec(await ringOf('a', 'b')).decode(sealed)).toEqual([beat]);
    expect(new HeartbeatCodec(await ringOf('b', 'a')).decode(sealed)).toEqual([beat]);
  });

  it('are not believed when one bit was changed: neither a position nor a leaving', async () => {
    const codec = new HeartbeatCodec(await ringOf('a'));
    const sealed = codec.encode([beat]);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const forged = Buffer.from(sealed);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(codec.decode(forged)).toEqual([]);
    }
  });

  it('are not made of what else is sealed in Redis, nor entries of them', async () => {
    const ring = await ringOf('a');
    const path = SecretPath.of('main', 'company', 'KEY');
    const rows = [[0, 'reader', '99', 1]];
    const secret = { version: '1', revision: 1, value: new SecretValue(JSON.stringify([['a'], rows])) };
    const entry = new EntryCodec(ring).encode(path, { secret, tag: 1n, expiresAt: 1 });
    const codec = new HeartbeatCodec(ring);
    expect(codec.decode(entry)).toEqual([]);
    expect(codec.decode(ring.seal(Buffer.from(JSON.stringify([['a'], rows])), { purpose: 'redis', path }))).toEqual([]);
    expect(new EntryCodec(ring).decode(path, codec.encode([beat]))).toBeUndefined();
  });

  it('grant nothing to a reader that lacks a key of the coordinator, and all to one that has more', async () => {
    const [one, both] = [await ringOf('a'), await ringOf('a', 'b')];
    expect(new HeartbeatCodec(both).decode(new HeartbeatCodec(one).encode([beat]))).toEqual([]);
    expect(new HeartbeatCodec(one).decode(new HeartbeatCodec(both).encode([beat]))).toEqual([beat]);
  });

  it('throw for nothing that somebody may put there', async () => {
    const codec = new HeartbeatCodec(await ringOf('a'));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => expect(codec.decode(bytes)).toEqual([])));
  });
});
