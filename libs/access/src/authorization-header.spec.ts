import fc from 'fast-check';
import { CofferError } from '@coffer/secrets';
import { parseAuthorization } from './authorization-header.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

/** With the secrets in clear, to compare. */
const read = (header: string | undefined): unknown => {
  const presented = parseAuthorization(header);
  if (presented === undefined) return undefined;
  return presented.scheme === 'bearer'
    ? { bearer: presented.token.reveal() }
    : { basic: [presented.username, presented.password.reveal()] };
};

describe('parseAuthorization', () => {
  it.each([
    undefined,
    '',
    ' ',
    ',',
    'Basic Og==',
    'basic Og==',
    'Basic',
    'Bearer',
    'Bearer ',
    'Basic Og==, Basic Og==',
    'Bearer abc\ndef',
  ])('finds nothing in %p', (header) => {
    expect(read(header)).toBeUndefined();
  });

  it.each([
    ['Bearer abc', { bearer: 'abc' }],
    ['bEARER   abc ', { bearer: 'abc' }],
    ['Basic Og==, Bearer abc', { bearer: 'abc' }],
    ['Basic Og==,Bearer abc', { bearer: 'abc' }],
    ['Bearer abc, Bearer abc', { bearer: 'abc' }],
    [`${basic('u:p')}, Bearer abc`, { bearer: 'abc' }],
    [`Bearer abc, ${basic('u:p')}`, { bearer: 'abc' }],
    [`Basic Og==, ${basic('u:p')}`, { basic: ['u', 'p'] }],
    [`Digest x, ${basic('u:p')}`, { basic: ['u', 'p'] }],
    [`${basic('u:p')}, Digest x`, { basic: ['u', 'p'] }],
    [basic('u:p:q,r'), { basic: ['u', 'p:q,r'] }],
    [basic('u:'), { basic: ['u', ''] }],
    [basic(':p'), { basic: ['', 'p'] }],
    [basic('ü:🔑'), { basic: ['ü', '🔑'] }],
  ])('reads %p', (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it('says which scheme it is', () => {
    expect(parseAuthorization(basic('u:p'))?.scheme).toBe('basic');
    expect(parseAuthorization('Bearer abc')?.scheme).toBe('bearer');
  });

  it.each([
    'abc',
    'Digest username="x"',
    'Bearer abc, Bearer def',
    `${basic('u:p')}, ${basic('u:q')}`,
    'Basic !!!',
    'Basic ab=c',
    'Basic dTpw!',
    'Basic !dTpw',
    'Basic dTpw===',
    basic('no colon'),
    `Basic ${Buffer.from([0xff, 0x3a, 0x41]).toString('base64')}`,
  ])('refuses %p and does not quote it', (header) => {
    expect(() => parseAuthorization(header)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
    expect(() => parseAuthorization(header)).not.toThrow(header.slice(-8));
  });

  it('reads any pair that can be written', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        text.filter((name) => !name.includes(':')),
        text,
        (username, password) => {
          expect(read(basic(`${username}:${password}`))).toEqual(
            username === '' && password === '' ? undefined : { basic: [username, password] },
          );
        },
      ),
    );
  });

  it('answers or refuses whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((rest) => `Basic ${rest}`),
        ),
        (header) => {
          try {
            parseAuthorization(header);
          } catch (error) {
            expect(CofferError.is(error, 'unauthorized')).toBe(true);
          }
        },
      ),
    );
  });
});
