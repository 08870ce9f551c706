import fc from 'fast-check';
import { checkAccessToken, createAccessToken } from './access-token.js';

const passes = (text: string): boolean => {
  try {
    checkAccessToken(text);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'unauthorized' });
    return false;
  }
};

describe('access tokens', () => {
  const token = createAccessToken().reveal();
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

  it('have a prefix, 43 digits of 256 bits and 6 of CRC32, and never repeat', () => {
    const tokens = Array.from({ length: 1000 }, () => createAccessToken().reveal());
    for (const each of tokens) {
      expect(each).toMatch(/^coffer_[0-9A-Za-z]{49}$/);
      expect(passes(each)).toBe(true);
    }
    expect(new Set(tokens).size).toBe(1000);
  });

  it('use all of the 256 bits', () => {
    const numbers = Array.from({ length: 300 }, () =>
      [...createAccessToken().reveal().slice(7, 50)].reduce((n, c) => n * 62n + BigInt(digits.indexOf(c)), 0n),
    );
    const seen = numbers.reduce((all, number) => all | number, 0n);
    const always = numbers.reduce((all, number) => all & number);
    expect([seen, always]).toEqual([2n ** 256n - 1n, 0n]);
  });

  it('refuse every one of the 2,989 single wrong characters', () => {
    let refusals = 0;
    for (let at = 7; at < token.length; at += 1) {
      for (const digit of digits) {
        if (digit === token[at]) continue;
        if (!passes(token.slice(0, at) + digit + token.slice(at + 1))) refusals += 1;
      }
    }
    expect(refusals).toBe(49 * 61);
  });

  it('refuse every truncation, swapped neighbours and anything else', () => {
    for (let length = 0; length < token.length; length += 1) expect(passes(token.slice(0, length))).toBe(false);
    for (let at = 7; at + 1 < token.length; at += 1) {
      const swapped = token.slice(0, at) + token.charAt(at + 1) + token.charAt(at) + token.slice(at + 2);
      expect(passes(swapped)).toBe(swapped === token);
    }
    expect([`${token}0`, ` ${token}`, `${token}\n`, token.toUpperCase()].map(passes)).toEqual(Array(4).fill(false));
    fc.assert(fc.property(fc.string(), (text) => !passes(text) && !passes(`coffer_${text}`)));
  });

  it('say whether the token is foreign or mistyped, without quoting it', () => {
    expect(() => checkAccessToken('eyJhbGciOi.x.y')).toThrow(/not one of Coffer's/);
    expect(() => checkAccessToken(token.slice(0, -1))).toThrow(/mistyped or cut/);
    expect(() => checkAccessToken(token.slice(0, -1))).not.toThrow(token.slice(7, 20));
  });

  it.each([
    ['coffer_secret_abc', /secret id of a role, not a token/],
    ['coffer_role_abc', /a token of a role begins no session/],
    ['coffer_x_role_', /mistyped or cut/],
  ])('say what other thing of Coffer’s it is: %s', (text, message) => {
    expect(() => checkAccessToken(text)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
    expect(() => checkAccessToken(text)).toThrow(message);
  });

  it('print as a placeholder', () => {
    expect(`${createAccessToken().toString()}${JSON.stringify(createAccessToken())}`).not.toContain('coffer_');
  });
});
