import { FetchError } from './bounded-request.js';
import { jwksAddressOf } from './jwks-address.js';

const ISSUER = 'https://id.example.com';
const REMOTE = `${ISSUER}/.well-known/openid-configuration`;
const LOCAL = 'http://127.0.0.1:8080/.well-known/openid-configuration';

const addressOf = (jwksUri: unknown, discovery = REMOTE): string =>
  jwksAddressOf({ issuer: ISSUER, jwks_uri: jwksUri }, { issuer: ISSUER, discovery });
const refusal = (read: () => string): string => {
  try {
    return `taken: ${read()}`;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return error.message;
  }
};

describe('the address of keys in a discovery document', () => {
  it('may be anywhere over TLS, and on this machine without where the document is on this machine', () => {
    expect(addressOf('https://keys.example.com/jwks?v=1')).toBe('https://keys.example.com/jwks?v=1');
    expect(addressOf('HTTPS://keys.example.com')).toBe('https://keys.example.com/');
    for (const host of ['127.0.0.1:8080', '127.1', 'localhost', 'LOCALHOST:81', '[::1]:8080']) {
      expect(addressOf(`http://${host}/jwks`, LOCAL)).toMatch(/^http:.*\/jwks$/);
      expect(addressOf('http://localhost/jwks', `http://${host}/discovery`)).toBe('http://localhost/jwks');
    }
  });

  it.each<[string, unknown, string, string]>([
    ['absent', undefined, REMOTE, 'names no jwks_uri'],
    ['no text', 7, REMOTE, 'names no jwks_uri'],
    ['no address', 'canary', REMOTE, 'names no jwks_uri'],
    ['a user in front of another host', 'http://localhost:x@169.254.169.254/', LOCAL, 'with a user name or a password'],
    ['a user name', 'https://canary@keys.example.com/', REMOTE, 'with a user name or a password'],
    ['a password alone', 'https://:canary@keys.example.com/', REMOTE, 'with a user name or a password'],
    ['without TLS', 'http://canary.example.com/', LOCAL, 'does not begin with https://'],
    ['of another scheme', 'file:///canary', LOCAL, 'does not begin with https://'],
    ['this machine, said from afar', 'http://127.0.0.1/', REMOTE, 'does not begin with https://'],
    ['this machine, said from a name like its own', 'http://localhost/', 'http://localhost.example.com/', 'https://'],
    ['a name that begins like this machine', 'http://127.0.0.1.example.com/', LOCAL, 'does not begin with https://'],
  ])('is refused where it is %s', (_what, address, discovery, message) => {
    const said = refusal(() => addressOf(address, discovery));
    expect(said).toMatch(/^its discovery document /);
    expect(said).toContain(message);
    expect(said).not.toMatch(/canary|169/);
  });

  it('is refused in a document of another issuer, and in what is none', () => {
    for (const document of [undefined, null, 7, {}, { issuer: `${ISSUER}/`, jwks_uri: ISSUER }]) {
      const said = refusal(() => jwksAddressOf(document, { issuer: ISSUER, discovery: REMOTE }));
      expect(said).toBe('its discovery document is of another issuer');
    }
  });
});
