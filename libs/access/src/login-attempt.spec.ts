import { SecretValue } from '@coffer/secrets';
import { jwtOf, jwtOfCookie } from './login-attempt.js';

const JWT = 'eyJhIjoxfQ.eyJiIjoyfQ.c2ln';
const secret = (text: string) => new SecretValue(text);

it('a JSON Web Token is one of its form that comes as a bearer token', () => {
  expect(jwtOf({ scheme: 'bearer', token: secret(JWT) })).toBe(JWT);
  expect(jwtOf({ scheme: 'bearer', token: secret('coffer_x') })).toBeUndefined();
  expect(jwtOf({ scheme: 'basic', username: JWT, password: secret(JWT) })).toBeUndefined();
});

it('a cookie counts for pages of this origin, and holds a JSON Web Token', () => {
  expect(jwtOfCookie(undefined)).toBeUndefined();
  expect(jwtOfCookie({ token: JWT, crossOrigin: false })).toBe(JWT);
  for (const [token, crossOrigin, message] of [
    [JWT, true, /counts for pages of this origin alone/],
    ['coffer_x', false, /holds no JSON Web Token/],
    ['', false, /holds no JSON Web Token/],
  ] as const) {
    expect(() => jwtOfCookie({ token, crossOrigin })).toThrow(
      expect.objectContaining({ code: 'unauthorized', message: expect.stringMatching(message) }),
    );
  }
});

it('a text is no JSON Web Token beyond 16,384 characters', () => {
  const long = `${JWT}${'A'.repeat(16_384 - JWT.length)}`;
  expect(jwtOf({ scheme: 'bearer', token: secret(long) })).toBe(long);
  expect(jwtOf({ scheme: 'bearer', token: secret(`${long}A`) })).toBeUndefined();
});
