import { scryptSync } from 'node:crypto';
import { SecretValue } from '@coffer/secrets';
import { hashPassword, parsePasswordHash, verifyPassword, type PasswordHash } from './password-hash.js';

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

  it.each([
    ['the least work', `$scrypt$ln=14,r=8,p=1$${salt}$${hash}`, { ln: 14, r: 8, p: 1 }],
    ['the least block', `$scrypt$ln=17,r=1,p=1$${salt}$${hash}`, { ln: 17, r: 1, p: 1 }],
    ['the most memory', `$scrypt$ln=18,r=8,p=1$${salt}$${hash}`, { ln: 18, r: 8, p: 1 }],
    ['the most parallel work', `$scrypt$ln=17,r=8,p=4$${salt}$${hash}`, { ln: 17, r: 8, p: 4 }],
    ['two digits each', `$scrypt$ln=14,r=10,p=4$${salt}$${hash}`, { ln: 14, r: 10, p: 4 }],
    [
      'the shortest hash',
      `$scrypt$ln=17,r=8,p=1$${salt}$${'B'.repeat(22)}`,
      { hash: Buffer.from('B'.repeat(22), 'base64') },
    ],
    ['the longest texts', `$scrypt$ln=17,r=8,p=1$${'A'.repeat(86)}$${'B'.repeat(86)}`, { salt: Buffer.alloc(64) }],
    ['the shortest salt', `$scrypt$ln=17,r=8,p=1$${'A'.repeat(11)}$${hash}`, { salt: Buffer.alloc(8) }],
  ])('are read with %s', (_, text, parts) => {
    expect(parsePasswordHash('ada', text)).toMatchObject(parts);
  });

  it.each([
    ['something before it', `x$scrypt$ln=17,r=8,p=1$${salt}$${hash}`],
    ['a block of more memory', `$scrypt$ln=17,r=17,p=1$${salt}$${hash}`],
    ['no parallel work', `$scrypt$ln=17,r=8,p=0$${salt}$${hash}`],
    ['three digits', `$scrypt$ln=014,r=8,p=1$${salt}$${hash}`],
  ])('refuse %s', (_, text) => {
    expect(() => parsePasswordHash('ada', text)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('are made two at a time, a hundred wait, and one more is refused at once', async () => {
    const cheap: PasswordHash = { ln: 4, r: 8, p: 1, salt: Buffer.from('salt'), hash: Buffer.alloc(16) };
    const all = await Promise.allSettled(Array.from({ length: 104 }, () => verifyPassword(secret('pw'), cheap)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(102);
    for (const each of all.slice(102)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'overloaded' } });
    }
    expect(await verifyPassword(secret('pw'), cheap)).toBe(false);
  });
});
