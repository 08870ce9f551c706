import { scryptSync } from 'node:crypto';
import { SecretValue } from '@coffer/secrets';
import { hashPassword, parsePasswordHash, verifyPassword } from './password-hash.js';

// Scrypt takes seconds on a busy machine.
jest.setTimeout(180_000);

const secret = (text: string) => new SecretValue(text);

describe('password hashes', () => {
  it('are PHC strings with a salt of their own and verify their password only', async () => {
    const [one, two] = [await hashPassword(secret('pässword')), await hashPassword(secret('pässword'))];
    expect(one).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(two).not.toBe(one);
    expect(await verifyPassword(secret('pässword'), parsePasswordHash('u', one))).toBe(true);
    expect(await verifyPassword(secret('password'), parsePasswordHash('u', one))).toBe(false);
  });

  it('made elsewhere with other costs verify too', async () => {
    const salt = Buffer.from('a salt of its own');
    const hash = scryptSync('pw', salt, 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 27 });
    const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    const text = `$scrypt$ln=15,r=8,p=3$${unpadded(salt)}$${unpadded(hash)}`;
    expect(await verifyPassword(secret('pw'), parsePasswordHash('u', text))).toBe(true);
    expect(await verifyPassword(secret('pw2'), parsePasswordHash('u', text))).toBe(false);
  });

  const salt = 'A'.repeat(22);
  const hash = 'B'.repeat(43);
  it.each([
    ['nothing', ''],
    ['a password', 'hunter2hunter2'],
    ['another scheme', `$argon2id$v=19$m=65536,t=3,p=4$${salt}$${hash}`],
    ['too little work', `$scrypt$ln=13,r=8,p=1$${salt}$${hash}`],
    ['too much memory', `$scrypt$ln=19,r=8,p=1$${salt}$${hash}`],
    ['too much work', `$scrypt$ln=17,r=8,p=5$${salt}$${hash}`],
    ['a zero', `$scrypt$ln=17,r=0,p=1$${salt}$${hash}`],
    ['no salt', `$scrypt$ln=17,r=8,p=1$$${hash}`],
    ['a short hash', `$scrypt$ln=17,r=8,p=1$${salt}$BBBB`],
    ['something after it', `$scrypt$ln=17,r=8,p=1$${salt}$${hash}\n`],
  ])('refuse %s, name the user and quote nothing', (_, text) => {
    expect(() => parsePasswordHash('ada', text)).toThrow(
      expect.objectContaining({ code: 'configuration', details: { user: 'ada' } }),
    );
    if (text !== '') expect(() => parsePasswordHash('ada', text)).not.toThrow(text);
  });
});
