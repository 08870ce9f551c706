import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { createAccessToken } from '../access-token.js';
import { Authenticator } from '../authenticator.js';
import type { CertificateCredential } from '../credentials.js';
import type { LoginAttempt } from '../login-attempt.js';
import { hashAccessToken } from '../token-hash.js';
import { CertificateTable } from './certificate-table.js';
import type { ClientCertificate } from './client-certificate.js';

let nowMs: number;
let trusted: boolean;
const clock = { monotonic: () => nowMs, wall: () => nowMs };
beforeEach(() => {
  [nowMs, trusted] = [1_000, true];
});

const entry = (id: string, pattern: string, more: Partial<CertificateCredential> = {}): CertificateCredential => ({
  ...{ id, subjectClaim: 'uri' },
  bindings: [
    {
      when: [{ claim: 'uri', patterns: [pattern] }],
      grants: [{ tenant: 'main', permissions: ['resolve'], namespace: { text: id, parts: [id] } }],
    },
  ],
  ...more,
});
const certificate = (claims: object = { uri: ['spiffe://a/b'] }): ClientCertificate => ({
  ...{ fingerprint: 'abc', claims: { ...claims }, expiresAtMs: 2_000 },
  isTrusted: () => trusted,
});
const table = (...entries: CertificateCredential[]) => new CertificateTable(entries, clock);
const find = (of: CertificateTable, shown = certificate(), crossOrigin = false): string => {
  try {
    return of.find({ certificate: shown, crossOrigin }).id;
  } catch (error) {
    return CofferError.is(error) ? `${error.code}: ${error.message}` : String(error);
  }
};

describe('the table of client certificates', () => {
  it('names the caller by the claim of the first entry that grants anything, with the certificate', () => {
    const found = table(entry('other', 'spiffe://x/**'), entry('mesh', 'spiffe://**'), entry('late', '**'));
    expect(found.known(certificate())).toEqual({
      ...{ id: 'certificate:mesh:spiffe://a/b', credentialId: 'abc' },
      grants: [expect.objectContaining({ tenant: 'main', namespace: 'mesh', permissions: ['resolve'] })],
    });
    expect(find(found)).toBe('certificate:mesh:spiffe://a/b');
    expect([found.isEmpty, table().isEmpty]).toEqual([false, true]);
  });

  it('is asked once for each certificate, and gives the same answer', () => {
    const found = table(entry('mesh', '**'));
    const [shown, unbound] = [certificate(), certificate({ uri: [] })];
    expect(found.known(shown)).toBe(found.known(shown));
    expect(Object.isFrozen(found.known(shown))).toBe(true);
    for (const _ of [1, 2]) expect(found.known(unbound)).toBeUndefined();
  });

  it('lets one count until it expires, and while its authority counts', () => {
    const found = table(entry('mesh', '**'));
    const shown = certificate();
    nowMs = 1_999;
    expect(find(found, shown)).toMatch(/^certificate:mesh/);
    nowMs = 2_000;
    expect(found.known(shown)).toBeUndefined();
    expect(find(found, shown)).toMatch(/^unauthorized: the client certificate has expired/);
    [nowMs, trusted] = [1_999, false];
    expect(found.known(shown)).toBeUndefined();
    expect(find(found, shown)).toMatch(/^unauthorized: .*authority that does not count any more/);
  });

  it('lets none count that nothing is granted to, or that a page of another origin showed', () => {
    const found = table(entry('mesh', 'spiffe://x/**'));
    expect(find(found)).toMatch(/^unauthorized: .*no binding .* grants anything/);
    expect(find(table(entry('mesh', '**')), certificate(), true)).toMatch(/^unauthorized: .*of another origin/);
  });

  it.each([
    ['none', {}],
    ['an empty one', { uri: [''] }],
    ['one that is too long', { uri: ['x'.repeat(513)] }],
    ['one with a line break', { uri: ['a\nb'] }],
    ['one with another line break', { uri: ['a\u2028b'] }],
    ['one that shows in another order', { uri: ['a\u202eb'] }],
  ])('passes over an entry by whose claim the caller has %s for a name', (_what, claims) => {
    const bindings = entry('mesh', '**').bindings.map((binding) => ({ ...binding, when: [] }));
    expect(find(table({ ...entry('mesh', '**'), bindings }), certificate(claims))).toMatch(/^unauthorized/);
  });

  it('takes a name of 512 characters', () => {
    expect(find(table(entry('mesh', '**')), certificate({ uri: ['x'.repeat(512)] }))).toMatch(/^certificate:mesh:x+$/);
  });

  it('says what somebody with certain claims may do, whom no certificate has shown', () => {
    const found = table(entry('mesh', 'spiffe://**'), entry('late', '**'));
    expect(found.principalOf('late', { uri: 'x' })).toMatchObject({
      id: 'certificate:late:x',
      grants: [{ namespace: 'late' }],
    });
    expect(found.principalOf('mesh', {})).toEqual({ id: 'certificate:mesh:', grants: [], refusal: 'no-subject' });
    expect(found.principalOf('gone', { uri: 'x' })).toBeUndefined();
  });

  it('names the entry of a wrong grant', () => {
    const [binding] = entry('mesh', '**').bindings;
    const grants = [{ ...binding!.grants[0]!, tenant: 'A' }];
    const wrong = table(entry('mesh', '**', { bindings: [{ ...binding!, grants }] }));
    expect(() => wrong.known(certificate())).toThrow(/'mesh' of coffer\.access\.certificates/);
  });
});

describe('a request with a certificate', () => {
  const PROXY = '192.0.2.9';
  const token = createAccessToken();
  let ring: KeyRing;
  beforeAll(async () => {
    const secret = new SecretValue(randomBytes(32).toString('base64'));
    ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
  });
  const open = (...certificates: CertificateCredential[]) => {
    const tokens = [{ id: 'ci', hash: hashAccessToken(ring, token), grants: [] }];
    return new Authenticator(ring, { tokens, users: [], certificates }, { clock, trustedProxies: [PROXY] });
  };
  const shown = { certificate: certificate(), crossOrigin: false };
  const outcome = async (of: Authenticator, attempt: Partial<LoginAttempt>): Promise<string> => {
    try {
      return (await of.authenticate({ address: '192.0.2.1', certificate: shown, ...attempt })).id;
    } catch (error) {
      return CofferError.is(error) ? `${error.code}: ${error.message}` : String(error);
    }
  };

  it('is of whom the certificate names, where nothing else is presented', async () => {
    const authenticator = open(entry('mesh', '**'));
    expect(await outcome(authenticator, {})).toBe('certificate:mesh:spiffe://a/b');
    expect(await outcome(authenticator, { authorization: `Bearer ${token.reveal()}` })).toBe('token:ci');
    expect(await outcome(authenticator, { certificate: { ...shown, crossOrigin: true } })).toMatch(/another origin/);
    expect(authenticator.knownCertificate(shown.certificate, '192.0.2.1')?.id).toBe('certificate:mesh:spiffe://a/b');
  });

  it.each<[string, () => Authenticator, Partial<LoginAttempt>]>([
    ['a proxy that is trusted', () => open(entry('mesh', '**')), { address: PROXY, forwardedFor: '192.0.2.1' }],
    ['whoever calls a service without entries', () => open(), {}],
  ])('of %s counts for nothing', async (_whom, authenticator, attempt) => {
    expect(await outcome(authenticator(), attempt)).toMatch(/^unauthorized: authentication is required/);
    const { address = '192.0.2.1' } = attempt;
    expect(authenticator().knownCertificate(shown.certificate, address)).toBeUndefined();
  });

  it('or without one needs another credential', async () => {
    const attempt = open(entry('mesh', '**')).authenticate({ address: '192.0.2.1' });
    await expect(attempt).rejects.toThrow(/authentication is required/);
  });
});
