import { stringify } from 'yaml';
import { loadText, refusal } from './load.fixture.js';
import { privateKeyOf } from './text-form/pem.js';

const refused = (settings: object): string => refusal(() => loadText(stringify(settings)));
const store = (type: string, name: string, settings: object) => ({ kestra: { secret: { type, [name]: settings } } });
const aws = (settings: object) => store('aws-secret-manager', 'awsSecretManager', settings);

it.each<[object, string]>([
  [aws({ accessKeyId: 'canary' }), 'awsSecretManager.secretKeyId is missing: accessKeyId needs it'],
  [aws({ sessionToken: 'canary' }), 'awsSecretManager.accessKeyId is missing: sessionToken needs it'],
  [aws({ stsRoleExternalId: 'canary' }), 'awsSecretManager.stsRoleArn is missing: stsRoleExternalId needs it'],
  [aws({ tags: { '': 'canary' } }), 'awsSecretManager.tags must not have an empty name'],
  [{ coffer: { limits: { answer: '2MiB', answersInFlight: '1MiB' } } }, 'limits.answer must not be more than'],
  [
    { coffer: { limits: { headersTimeout: '2s', requestTimeout: '1999ms' } } },
    'coffer.limits.headersTimeout must not be more than requestTimeout',
  ],
])('refuses %j', (settings, words) => {
  const message = refused(settings);
  expect(message).toContain(words);
  expect(message).not.toContain('canary');
});

it('limits may be as long as each other', () => {
  const { limits } = loadText(
    stringify({
      coffer: { limits: { answer: '1MiB', answersInFlight: '1MiB', headersTimeout: '2s', requestTimeout: '2s' } },
    }),
  );
  expect(limits).toMatchObject({ headersTimeout: 2_000, requestTimeout: 2_000 });
  expect(limits.answer).toBe(limits.answersInFlight);
});

it('warns of a URL’s parameters that change nothing, by their names', () => {
  const url = 'jdbc:postgresql://db/coffer?ApplicationName=canary&tcpKeepAlive=true';
  const { warnings } = loadText(stringify({ coffer: { datasource: { url } } }));
  expect(warnings.join('\n')).toContain('coffer.datasource.url has parameters that change nothing here: ');
  expect(warnings.join('\n')).not.toContain('canary');
});

it('names a private key that cannot be read as such', () => {
  const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
  expect(() => privateKeyOf(broken)).toThrow('holds a private key that cannot be read');
});
