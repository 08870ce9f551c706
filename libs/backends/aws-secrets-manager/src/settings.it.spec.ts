import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '@coffer/backend-contract';
import { HttpProxy, type HttpRequest, type HttpVerdict } from '@coffer/backend-conformance/faults';
import { accessKeyOf, actionOf, ownerKeys, serviceEndpoint } from './testing/index.js';
import { loadConfiguration, type AwsSecretManagerStore, type Environment } from '@coffer/config';
import { SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { open as openStore } from './open.js';

const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = SecretPath.of('main', 'company', 'k');
const EXAMPLE = readFileSync(join(__dirname, '../../../../docs/examples/aws-secrets-manager.yml'), 'utf8');
const SECRET = 'the/secret+key';

/** Every way to authenticate, from the configuration to the request that is signed. */
describe('aws-secret-manager from the configuration', () => {
  const { env } = process;
  const seen: HttpRequest[] = [];
  const opened: Backend[] = [];
  let proxy: HttpProxy;
  beforeAll(async () => {
    proxy = await HttpProxy.to(serviceEndpoint());
    proxy.set((request): HttpVerdict => {
      seen.push(request);
      return 'pass';
    });
  });
  beforeEach(() => {
    // Nothing of the machine's own: no keys, no profile, no instance to ask.
    const own = Object.entries(env).filter(([name]) => !name.startsWith('AWS_'));
    process.env = {
      ...Object.fromEntries(own),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  });
  afterEach(async () => {
    process.env = env;
    seen.splice(0);
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
  });
  afterAll(() => proxy.close());

  const load = (text: string, environment: Environment): AwsSecretManagerStore => {
    const { secret } = loadConfiguration({ argv: [], env: environment, cwd: '/', readFile: () => text });
    if (secret?.type !== 'aws-secret-manager') throw new Error('the configuration names another type');
    return secret;
  };
  const settings = (lines: Readonly<Record<string, string>>): string => {
    const all = { endpointOverride: proxy.url, stsEndpointOverride: proxy.url, ...lines };
    const yaml = Object.entries(all).map(([key, value]) => `      ${key}: ${JSON.stringify(value)}\n`);
    return `kestra:\n  secret:\n    type: aws-secret-manager\n    awsSecretManager:\n${yaml.join('')}`;
  };
  const open = async (lines: Readonly<Record<string, string>>, environment: Environment = process.env) => {
    const backend = openStore(load(settings(lines), environment));
    opened.push(backend);
    return backend;
  };
  const scopeOf = (request: HttpRequest): string =>
    /Credential=([^,]+),/.exec(request.headers.authorization ?? '')?.[1] ?? '';

  it('the example of the documentation loads and opens', async () => {
    const store = load(EXAMPLE, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET });
    expect(store).toMatchObject({ type: 'aws-secret-manager', region: 'eu-west-1', prefix: 'kestra' });
    const backend = openStore(store);
    opened.push(backend);
    expect(backend.capabilities.store).toBe('AWS Secrets Manager');
  });

  it('keys and session token', async () => {
    const backend = await open({
      accessKeyId: 'AKIAKEYS',
      secretKeyId: SECRET,
      sessionToken: 'a-token',
      region: 'eu-west-2',
    });
    await backend.check(call());
    expect(scopeOf(seen[0]!)).toMatch(/^AKIAKEYS\/\d{8}\/eu-west-2\/secretsmanager\/aws4_request$/);
    expect(seen[0]?.headers['x-amz-security-token']).toBe('a-token');
  });

  it('the default chain, with AWS_DEFAULT_REGION', async () => {
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'AKIACHAIN',
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_DEFAULT_REGION: 'ap-south-1',
    });
    await (await open({})).check(call());
    expect(scopeOf(seen[0]!)).toMatch(/^AKIACHAIN\/\d{8}\/ap-south-1\//);
  });

  it('AssumeRole with an external id', async () => {
    const { accessKeyId, secretAccessKey } = ownerKeys();
    const backend = await open({
      accessKeyId,
      secretKeyId: secretAccessKey.reveal(),
      region: 'eu-west-1',
      stsRoleArn: 'arn:aws:iam::123456789012:role/coffer',
      stsRoleExternalId: 'an-external-id',
      stsRoleSessionName: 'coffer-test',
      stsRoleSessionDuration: '30m',
    });
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('x'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    const [assume, ...calls] = seen;
    expect(accessKeyOf(assume!)).toBe(accessKeyId);
    const asked = Object.fromEntries(new URLSearchParams(assume?.body.toString()));
    expect(asked).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: 'arn:aws:iam::123456789012:role/coffer',
      RoleSessionName: 'coffer-test',
      ExternalId: 'an-external-id',
      DurationSeconds: '1800',
    });
    expect(calls.map((request) => actionOf(request))).toContain('CreateSecret');
    for (const request of calls) {
      expect(accessKeyOf(request)).not.toBe(accessKeyId);
      expect(request.headers['x-amz-security-token']).toBeTruthy();
    }
  });

  it('a role that may not be assumed is a refusal, not an absence', async () => {
    const body = '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';
    const sts = await HttpProxy.to(serviceEndpoint());
    sts.set({ status: 403, headers: { 'content-type': 'text/xml' }, body });
    const backend = await open({
      accessKeyId: 'AKIAKEYS',
      secretKeyId: SECRET,
      region: 'eu-west-1',
      stsRoleArn: 'arn:aws:iam::123456789012:role/coffer',
      stsEndpointOverride: sts.url,
    });
    await expect(backend.read(path, call())).rejects.toMatchObject({ code: 'denied' });
    await sts.close();
  });

  it('no credentials anywhere is unauthenticated', async () => {
    const backend = await open({ region: 'eu-west-1' });
    await expect(backend.read(path, call())).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('no region anywhere is a configuration error that names the settings', async () => {
    const backend = await open({ accessKeyId: 'AKIAKEYS', secretKeyId: SECRET });
    await expect(backend.check(call())).rejects.toThrow(/awsSecretManager\.region.*AWS_DEFAULT_REGION/);
  });

  it('a session that STS would refuse and a prefix that no tag may hold are refused at once', async () => {
    const role = { stsRoleArn: 'arn:aws:iam::123456789012:role/coffer', stsRoleSessionDuration: '1m' };
    await expect(open({ region: 'eu-west-1', ...role })).rejects.toMatchObject({ code: 'configuration' });
    await expect(open({ region: 'eu-west-1', prefix: 'a{b}' })).rejects.toMatchObject({ code: 'configuration' });
  });
});
