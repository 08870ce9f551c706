import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority } from '@coffer/backend-conformance/certificates';
import { certificateClaims } from './certificate-claims.js';

let folder: string;
let authority: Authority;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-claims-'));
  authority = new Authority(folder, 'authority');
});
afterAll(() => rmSync(folder, { recursive: true }));

const claimsOf = (subject: string, alternative?: string) => {
  const { certFile } = authority.issue('x', { subject, ...(alternative === undefined ? {} : { alternative }) });
  return certificateClaims(new X509Certificate(readFileSync(certFile)), 'root');
};

it('a SPIFFE id is the URI of a certificate', () => {
  expect(claimsOf('/C=US/O=SPIRE', 'URI:spiffe://example.org/ns/payments/sa/api,DNS:api')).toMatchObject({
    uri: ['spiffe://example.org/ns/payments/sa/api'],
    dns: ['api'],
    subject: 'C=US,O=SPIRE',
    'subject/O': ['SPIRE'],
    issuer: 'CN=authority',
    'issuer/CN': ['authority'],
    authority: 'root',
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

it.each<[string, string, object]>([
  ['several of one kind', '/O=x/OU=one/OU=two', { 'subject/OU': ['one', 'two'], subject: 'O=x,OU=one,OU=two' }],
  ['a comma', '/CN=a,O=b', { 'subject/CN': ['a,O=b'], subject: 'CN=a\\,O=b' }],
  ['a plus', '/CN=a \\+ O=b', { 'subject/CN': ['a + O=b'] }],
  ['two in one part', '/CN=a+OU=b', { 'subject/CN': ['a'], 'subject/OU': ['b'] }],
  ['a line break', '/CN=a\nO=b', { 'subject/CN': ['a\nO=b'], subject: 'CN=a\\0AO=b' }],
  ['letters beyond ASCII', '/CN=é😀', { 'subject/CN': ['é😀'] }],
  ['an equals sign', '/CN=a=b', { 'subject/CN': ['a=b'] }],
])('the subject is read as it is written, with %s', (_what, subject, expected) => {
  expect(claimsOf(subject)).toMatchObject(expected);
  expect(claimsOf(subject)['subject/O']).toEqual(subject.startsWith('/O') ? ['x'] : undefined);
});

it.each<[string, string, object]>([
  ['a comma within', 'URI:spiffe://a/b\\, URI:spiffe://c/d', { uri: ['spiffe://a/b, URI:spiffe://c/d'] }],
  ['a quote within', 'URI:a\\"b', { uri: ['a"b'] }],
  [
    'other kinds beside',
    'IP:127.0.0.1,email:a@b.c,RID:1.2.3,URI:x:y',
    { ip: ['127.0.0.1'], email: ['a@b.c'], uri: ['x:y'] },
  ],
])('alternative names are told apart, with %s', (_what, alternative, expected) => {
  const section = alternative.includes('\\,') ? `@names\n[names]\nURI=${alternative.slice(4)}` : alternative;
  const claims = claimsOf('/CN=x', section);
  expect(Object.keys(claims)).not.toContain('undefined');
  const { uri, ip, email } = claims;
  expect(JSON.parse(JSON.stringify({ uri, ip, email }))).toEqual(expected);
});

it('a certificate without alternative names has none', () => {
  expect(claimsOf('/CN=x')['uri']).toBeUndefined();
});

it('alternative names of another form than Node writes count for nothing', () => {
  const shown = { subject: 'CN=x', issuer: undefined, subjectAltName: 'URI:a, "b', fingerprint256: 'AB:CD' };
  expect(certificateClaims(shown as unknown as X509Certificate, 'root')).toEqual({
    ...{ subject: 'CN=x', 'subject/CN': ['x'], issuer: '', fingerprint: 'abcd', authority: 'root' },
  });
});
