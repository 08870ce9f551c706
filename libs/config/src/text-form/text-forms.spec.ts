import { randomBytes } from 'node:crypto';
import { SecretValue } from '@coffer/secrets';
import type { z } from 'zod';
import { loadFiles, loadText, refusal } from '../load.fixture.js';
import { CERTIFICATE, mangled, privateKey } from '../pem.fixture.js';
import { settingsOf } from '../documentation.js';
import { rootSchema } from '../schema/root.js';
import { shapeOf, type Schema } from '../schema-shape.js';

/** The schema of every setting, by its name as the documentation writes it. */
const leaves = (schema: Schema, name = ''): [string, z.ZodType][] => {
  const shape = shapeOf(schema);
  if (shape.kind === 'list') return leaves(shape.item, `${name}[]`);
  if (shape.kind !== 'group') return [[name, schema as z.ZodType]];
  return [...shape.keys.values()].flatMap((key) => leaves(key.schema, name === '' ? key.name : `${name}.${key.name}`));
};

/** A value that each setting takes, where `a` is none. */
const SAMPLES: readonly (readonly [RegExp, string])[] = [
  [/connectionsPerAddress$/, '10'],
  [/publicUrl$/, 'https://host'],
  [/login\.scopes\[\]$/, 'openid'],
  [/keyVaultUri$/, 'https://my-vault.vault.azure.net'],
  [/(endpointOverride|stsEndpointOverride|address|httpHosts\[\])$/i, 'https://host:1'],
  [/pathPrefix$/, '/path'],
  [/redis\.url$/, 'redis://host'],
  [/sinks\[\]\.url$/, 'https://host:1/audit'],
  [/sinks\[\]\.type$/, 'file'],
  [/webhooks\[\]\.url$/, 'https://host:1/path'],
  [/webhooks\[\]\.types\[\]$/, 'change'],
  [/vaultName$/, 'my-vault'],
  [/engineVersion$/, '2'],
  [/(readOnly|enabled|allowHttp|children|keepPrefix|active|cluster|trustAllSsl|strictDeprecationMode)$/, 'true'],
  [/(expireAfterWrite|refresh|every|Timeout|timeout|stsRoleSessionDuration)$/, '1m'],
  [/(secret\.type|managers\[\]\.type)$/, 'vault'],
  [/jdbc\.secret$|elasticsearch\.secret$|keys\[\]\.secret$/i, 'k'.repeat(32)],
  [/cache\.mode$/, 'strict'],
  [/log\.level$/, 'info'],
  [/permissions\[\]$/, 'list'],
  [/(discovery|jwksUri)$/, 'https://host/path'],
  [/issuers\[\]\.preset$/, 'github'],
  [/breakGlass\[\]\.to$/, 'token:ci'],
  [/tokenTtl$/, '15m'],
  [/algorithms\[\]$/, 'RS256'],
  [/notBefore$/, 'required'],
  [/expires$/, '2027-01-31T12:00:00Z'],
  [/(cidrs|trustedProxies)\[\]$/, '10.0.0.0/8'],
  [/clientAuth$/, 'optional'],
];
const sampleOf = (name: string, schema: z.ZodType): string => {
  const known = SAMPLES.find(([pattern]) => pattern.test(name))?.[1];
  const candidates = known === undefined ? ['a', '1', '10', '1000', '1m', '1s', '10MiB', '1048576'] : [known];
  return candidates.find((candidate) => schema.safeParse(candidate).success) ?? '';
};

const plain = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (inner instanceof SecretValue ? inner.reveal() : inner)) ?? '';

/** What is behind or around a text that came from a file, or from `echo`. */
const AROUND: readonly (readonly [string, (text: string) => string])[] = [
  ['a line break', (text) => `${text}\n`],
  ['CR LF', (text) => `${text}\r\n`],
  ['two line breaks', (text) => `${text}\n\n`],
  ['a byte order mark', (text) => `\ufeff${text}`],
];

/** Maps, what is read where it is used, all of which have tests of their own, and a setting that refuses every value. */
const OTHERS =
  /(tags|filterOnTags|excludedTags|properties|isolation|\.when|vault\.prefix|headers|\.ca|(tls|redis|vault|elasticsearch|cluster)\.(cert|key|clientCa)|serviceAccount)(\[\])?$/i;
const SETTINGS = leaves(rootSchema).filter(([name]) => !OTHERS.test(name) && !name.startsWith('coffer.managers[]'));

describe('every setting of the schema', () => {
  it('is looked at', () => {
    const documented = settingsOf().map(({ name }) => name);
    const here = new Set(SETTINGS.map(([name]) => name.replace(/\[\]$/, '')));
    const missing = documented.filter((name) => !here.has(name) && !OTHERS.test(name) && !/managers/.test(name));
    expect(missing).toEqual([]);
  });

  it.each(SETTINGS)('%s means the same with a line break or a byte order mark around', (name, schema) => {
    const sample = sampleOf(name, schema);
    expect([name, sample]).not.toEqual([name, '']);
    const right = plain(schema.parse(sample));
    for (const [how, mangle] of AROUND) {
      const read = schema.safeParse(mangle(sample));
      expect([how, read.success ? plain(read.data) : read.error.issues]).toEqual([how, right]);
    }
  });

  const types = new Map(settingsOf().map(({ name, type }) => [name, type]));
  const typed = SETTINGS.filter(([name]) =>
    /true or false|whole number|duration|size|one of|time with|principal|an address or a block|name of a vault|64 letters/.test(
      types.get(name.replace(/\[\]$/, '')) ?? '',
    ),
  );
  it.each(typed)('%s means the same with blanks around', (name, schema) => {
    const sample = sampleOf(name, schema);
    expect(plain(schema.parse(` ${sample}\t`))).toBe(plain(schema.parse(sample)));
  });

  const worded = SETTINGS.filter(([, schema]) => /"word"/.test(JSON.stringify(formOf(schema))));
  it.each(worded)('%s is one word, without blanks around, and is refused with one within', (_, schema) => {
    expect(plain(schema.parse(' a\t\r\n'))).toBe(plain(schema.parse('a')));
    for (const text of ['ca nary', 'ca\nnary', 'ca\u200bnary', ' ', '\n']) {
      const read = schema.safeParse(text);
      expect(read.success).toBe(false);
      expect(JSON.stringify(read.error?.issues)).not.toContain('nary');
    }
  });

  it('has ids, tokens, regions and keys of AWS, Azure, Vault and Google among those words', () => {
    const names = worded.map(([name]) => name.replace(/^kestra\.secret\./, ''));
    expect(names).toEqual(
      expect.arrayContaining([
        ...['accessKeyId', 'secretKeyId', 'sessionToken', 'region', 'stsRoleArn'].map((n) => `awsSecretManager.${n}`),
        ...['tenantId', 'clientId', 'clientSecret'].map((n) => `azureKeyVault.clientSecret.${n}`),
        ...['token.token', 'appRole.roleId', 'appRole.secretId', 'namespace'].map((n) => `vault.${n}`),
        ...['googleSecretManager.project', 'coffer.access.tokens[].hash', 'coffer.elasticsearch.apiKey'],
      ]),
    );
  });
});

/** The form that any layer of a schema says. */
function formOf(schema: z.ZodType): string[] {
  const def = schema._zod.def as { innerType?: z.ZodType; in?: z.ZodType; out?: z.ZodType; element?: z.ZodType };
  const own = schema.meta()?.['form'];
  return [
    ...(typeof own === 'string' ? [own] : []),
    ...[def.innerType, def.in, def.out, def.element].flatMap((inner) => (inner === undefined ? [] : formOf(inner))),
  ];
}

describe('the region of AWS', () => {
  const load = (env: Record<string, string>) => {
    const { secret } = loadText('kestra: {secret: {type: aws-secret-manager}}', env);
    return secret?.type === 'aws-secret-manager' ? secret.region : undefined;
  };

  it('is read from its variables in the same way', () => {
    expect(load({ AWS_REGION: 'eu-west-1\n' })).toBe('eu-west-1');
    expect(load({ AWS_DEFAULT_REGION: ' eu-west-1' })).toBe('eu-west-1');
    expect(refusal(() => load({ AWS_REGION: 'canary 1' }))).toMatch(/the variable AWS_REGION has a blank/);
  });
});

describe('passwords', () => {
  const vault = (password: string) =>
    loadText(
      `kestra: {secret: {type: vault, vault: {address: "http://v", password: {user: u, password: ${JSON.stringify(password)}}}}}`,
    );

  it.each(['a b', ' a', 'a ', '"a"', 'a\\n'])('keep blanks: %j', (password) => {
    const { secret } = vault(`${password}\n`);
    expect(secret?.type === 'vault' && secret.password?.password.reveal()).toBe(password);
  });

  it.each(['can\nary', 'can\u0000ary', '\n'])('are refused with line breaks within: %j', (password) => {
    const message = refusal(() => vault(password));
    expect(message).toContain('kestra.secret.vault.password.password ');
    expect(message).not.toContain('ary');
  });
});

describe('a key by file and by variable', () => {
  const YAML = 'coffer: {encryption: {keys: [{id: k, %}]}}';
  const byFile = (text: string) =>
    loadFiles({ 'coffer.yml': YAML.replace('%', 'file: key'), key: text }).encryption?.keys[0]?.secret.reveal();
  const byVariable = (text: string) =>
    loadText(YAML.replace('%', 'secret: "${K}"'), { K: text }).encryption?.keys[0]?.secret.reveal();
  const bySetting = (text: string) =>
    loadText(YAML.replace('%', ''), { COFFER_ENCRYPTION_KEYS_0_SECRET: text }).encryption?.keys[0]?.secret.reveal();

  const raw = randomBytes(32).toString('base64');
  const folded = `${raw.slice(0, 20)}\n${raw.slice(20)}`;
  it.each([
    [raw, raw],
    [`${raw}\n`, raw],
    [`${raw} \n`, raw],
    [`\ufeff${raw}\r\n`, raw],
    [`${raw}\\n`, raw],
    [folded, raw],
    [folded.replace('\n', ' '), raw],
    [`a pass phrase of more than thirty-two characters\n`, 'a pass phrase of more than thirty-two characters'],
    [`  a pass phrase of more than thirty-two characters  `, 'a pass phrase of more than thirty-two characters'],
  ])('is the same key: %#', (text, key) => {
    expect([byFile(text), byVariable(text), bySetting(text)]).toEqual([key, key, key]);
  });

  it.each([
    'canary, a pass phrase of two lines\nwhich is long enough',
    'canary, a pass phrase with an escape at its end\\n',
    'canary',
    `${' '.repeat(40)}canary`,
  ])('is refused by either: %#', (text) => {
    for (const [name, load] of [
      ['file', byFile],
      ['secret', byVariable],
      ['secret', bySetting],
    ] as const) {
      const message = refusal(() => load(text));
      expect(message).toContain(`coffer.encryption.keys[0].${name} `);
      expect(message).not.toContain('canary');
    }
  });

  it('has no other pair of a text and a file in the schema', () => {
    const names = settingsOf().map(({ name }) => name);
    const pairs = names.filter((name) => /\.(file|.*File)$/.test(name));
    // The keys of an issuer are public, but for a shared one: a file of its own in place of an address.
    expect(pairs).toEqual([
      'kestra.secret.elasticsearch.sealingKeys[].file',
      'kestra.secret.jdbc.sealingKeys[].file',
      'coffer.access.issuers[].jwksFile',
      'coffer.webhooks[].secretFile',
      'coffer.encryption.keys[].file',
    ]);
  });

  it('is the same key of a webhook by file and by setting', () => {
    const load = (setting: string, files: Record<string, string> = {}) =>
      loadFiles({
        ...files,
        'coffer.yml': `coffer: {webhooks: [{id: w, url: "https://host", ${setting}}]}`,
      }).webhooks[0]?.secret.reveal();
    const key = 'a key of more than sixteen bytes';
    for (const text of [key, `${key}\n`, `\ufeff${key}\r\n`, `${key} \n`, `  ${key} `]) {
      const right = Buffer.from(key).toString('base64');
      expect([load('secretFile: key', { key: text }), load(`secret: ${JSON.stringify(text)}`)]).toEqual([right, right]);
    }
    for (const [name, text] of [
      ['secretFile', 'canary, a key of more\nthan one line'],
      ['secret', 'canary, a key of more\nthan one line'],
    ] as const) {
      const given = name === 'secretFile' ? 'secretFile: key' : `secret: ${JSON.stringify(text)}`;
      const message = refusal(() => load(given, { key: text }));
      expect(message).toContain(`coffer.webhooks[0].${name} has a line break`);
      expect(message).not.toContain('canary');
    }
  });
});

describe('authorities to trust', () => {
  const load = (ca: string, files: Record<string, string> = {}) =>
    loadFiles({ ...files, 'coffer.yml': `coffer: {redis: {url: "rediss://h", ca: ${JSON.stringify(ca)}}}` }).redis?.ca;

  it.each(mangled(CERTIFICATE))('%s, as text and as a file', (_, text) => {
    expect([load(text), load('ca.pem\n', { 'ca.pem': text })]).toEqual([CERTIFICATE, CERTIFICATE]);
  });

  it.each([
    [CERTIFICATE.slice(0, 200), 'cut off'],
    [privateKey(), 'holds no certificate'],
  ])('are refused by their name: %#', (text, reason) => {
    expect(refusal(() => load(text))).toMatch(new RegExp(`coffer\\.redis\\.ca holds .*${reason}|${reason}`));
    expect(refusal(() => load('ca.pem', { 'ca.pem': text }))).toContain('coffer.redis.ca names a file that holds ');
  });
});

describe('the key file of a service account', () => {
  const key = privateKey();
  const load = (text: string): unknown => {
    const { secret } = loadText('kestra: {secret: {type: google-secret-manager}}', {
      KESTRA_SECRET_GOOGLE_SECRET_MANAGER_SERVICE_ACCOUNT: text,
    });
    if (secret?.type !== 'google-secret-manager') throw new Error('another store');
    return JSON.parse(secret.serviceAccount?.reveal() ?? '');
  };
  const account = { type: 'service_account', client_email: 'a@b', private_key: key };
  const json = JSON.stringify(account, null, 2);

  it.each([
    ['as it is', json],
    ['with a line break behind', `${json}\n`],
    ['with a byte order mark', `\ufeff${json}`],
    ['with blanks around', ` ${json}\t`],
    ['as base64', Buffer.from(json).toString('base64')],
    ['with line breaks where \\n was', json.replaceAll('\\n', '\n')],
    ['with \\n written out twice', json.replaceAll('\\n', '\\\\n')],
    ['with a key joined by blanks', json.replaceAll('\\n', ' ')],
  ])('%s', (_, text) => {
    expect(load(text)).toEqual(account);
  });

  it.each(['["canary"]', '{"private_key":"canary"}'])('is left to the store where it cannot be mended: %s', (text) => {
    expect(load(text)).toEqual(JSON.parse(text));
  });

  it('may have line breaks and tabs in its texts', () => {
    const broken = json.replace('a@b', 'a\tb\r\nc');
    expect(load(broken)).toEqual({ ...account, client_email: 'a\tb\nc' });
  });

  it('stays as it is without a private key that can be mended', () => {
    for (const other of [{ type: 'external_account' }, { private_key: 7 }, { private_key: 'canary' }]) {
      expect(load(JSON.stringify(other))).toEqual(other);
    }
  });
});
