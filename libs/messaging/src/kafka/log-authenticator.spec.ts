import fc from 'fast-check';
import { ringOf } from '../suite/examples.js';
import { LogAuthenticator } from './log-authenticator.js';

const TOPIC = 'coffer.secret.coherence';
const TIME = 1_700_000_000_123;
const RECORD = '{"schema":1,"type":"EPOCH","claim":"☃"}';

describe('the authenticity of the log', () => {
  it('lets what was signed through, with its time', async () => {
    const log = new LogAuthenticator(await ringOf(), TOPIC);
    const verified = log.verify(3, log.sign(3, RECORD, TIME));
    if (typeof verified === 'string') throw new Error(verified);
    expect([verified.record.toString(), verified.sentAt]).toEqual([RECORD, TIME]);
  });

  it('lets nothing through of which one bit was changed, or that was cut', async () => {
    const log = new LogAuthenticator(await ringOf(), TOPIC);
    const signed = log.sign(3, RECORD, TIME);
    for (let bit = 0; bit < signed.length * 8; bit += 1) {
      const changed = Buffer.from(signed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(['unsigned', 'unknown-key', 'forged']).toContain(log.verify(3, changed));
    }
    for (let length = 0; length < signed.length; length += 1) {
      expect(['unsigned', 'forged']).toContain(log.verify(3, signed.subarray(0, length)));
    }
  });

  it('knows a record of another partition, topic or deployment', async () => {
    const log = new LogAuthenticator(await ringOf(), TOPIC);
    const elsewhere = new LogAuthenticator(await ringOf(), 'coffer.other.coherence');
    expect(log.verify(2, log.sign(3, RECORD, TIME))).toBe('forged');
    expect(log.verify(3, elsewhere.sign(3, RECORD, TIME))).toBe('forged');
    expect(log.verify(3, new LogAuthenticator(await ringOf('stranger'), TOPIC).sign(3, RECORD, TIME))).toBe(
      'unknown-key',
    );
  });

  it('signs with the key that is active now, and names those that it lacked', async () => {
    const ring = await ringOf('old');
    const log = new LogAuthenticator(ring, TOPIC);
    const before = log.sign(0, RECORD, TIME);
    const other = new LogAuthenticator(await ringOf('new'), TOPIC);
    expect(log.verify(0, other.sign(0, RECORD, TIME))).toBe('unknown-key');
    expect([...log.unknownKeys]).toEqual(['new']);
    ring.replace(await ringOf('new', 'old'));
    expect(log.verify(0, before)).toMatchObject({ sentAt: TIME });
    expect(other.verify(0, log.sign(0, RECORD, TIME))).toMatchObject({ sentAt: TIME });
  });

  it('lets through what another key of the ring signed', async () => {
    const before = new LogAuthenticator(await ringOf('old'), TOPIC);
    const after = new LogAuthenticator(await ringOf('new', 'old'), TOPIC);
    expect(after.verify(0, before.sign(0, RECORD, TIME))).toMatchObject({ sentAt: TIME });
    expect(before.verify(0, after.sign(0, RECORD, TIME))).toBe('unknown-key');
  });

  it('throws for nothing that somebody may put there', async () => {
    const log = new LogAuthenticator(await ringOf(), TOPIC);
    expect(log.verify(0, null)).toBe('unsigned');
    const head = log.sign(0, RECORD, TIME).subarray(0, 6);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, known) => {
        const value = known ? Buffer.concat([head, bytes]) : Buffer.from(bytes);
        expect(['unsigned', 'unknown-key', 'forged']).toContain(log.verify(0, value));
      }),
    );
  });
});
