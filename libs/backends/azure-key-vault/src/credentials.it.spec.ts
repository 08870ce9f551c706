import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CofferError, SecretPath, type ErrorCode } from '@coffer/secrets';
import type { AzureCredentials } from './credentials.js';
import { azureKeyVaultHarness } from './testing/index.js';
import { credentialsOf, proxyTls, vaultUnderTest } from './testing/service.js';

const path = SecretPath.of('main', 'company', 'k');
const call = () => ({ signal: AbortSignal.timeout(20_000) });

/** Those of the emulator; another service has its own ways. */
const known = () => {
  const given = credentialsOf();
  if (given === undefined || 'token' in given || given.clientSecret === undefined) throw new Error('no client secret');
  const { tenantId, clientId, clientSecret } = given.clientSecret;
  return { given: given.clientSecret, tenantId, clientId, secret: clientSecret.reveal() };
};

describe('ways to authenticate', () => {
  const before = { ...process.env };
  const harness = azureKeyVaultHarness();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-azure-'));
  // It also names the directory.
  beforeEach(() => void vaultUnderTest());
  afterEach(() => {
    for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
    Object.assign(process.env, before);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await harness.close();
  });

  const outcome = async (credentials: AzureCredentials): Promise<ErrorCode | 'ok'> => {
    const backend = await harness.openWith({ credentials });
    try {
      await backend.check(call());
      await backend.read(path, call());
      return 'ok';
    } catch (error) {
      if (CofferError.is(error)) return error.code;
      throw error;
    } finally {
      await backend.close();
    }
  };

  it('a client’s secret', async () => {
    const { given } = known();
    expect(await outcome({ clientSecret: given })).toBe('ok');
    expect(await outcome({ clientSecret: { ...given, clientId: 'nobody' } })).toBe('unauthenticated');
  });

  it('a directory whose answer has no end is not listened to', async () => {
    const { given } = known();
    const chunk = Buffer.alloc(1_048_576, 'x');
    const directory = createServer(proxyTls(), (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      // Then nothing comes, and it goes on.
      for (let chunks = 0; chunks < 17; chunks += 1) answer.write(chunk);
    }).listen(0, '127.0.0.1');
    await once(directory, 'listening');
    // Names the directory for the first vault.
    expect(await outcome({ clientSecret: given })).toBe('ok');
    process.env['AZURE_AUTHORITY_HOST'] = `https://127.0.0.1:${(directory.address() as AddressInfo).port}`;
    try {
      expect(await outcome({ clientSecret: given })).toBe('unavailable');
    } finally {
      directory.closeAllConnections();
      await new Promise((resolve) => directory.close(resolve));
    }
  });

  it('a client’s secret of another tenant, when the vault’s is allowed', async () => {
    const { given, tenantId } = known();
    const foreign = { ...given, tenantId: 'another-tenant' };
    expect(await outcome({ clientSecret: foreign })).toBe('unauthenticated');
    expect(await outcome({ clientSecret: foreign, additionallyAllowedTenants: [tenantId] })).toBe('ok');
    expect(await outcome({ clientSecret: foreign, additionallyAllowedTenants: ['*'] })).toBe('ok');
  });

  it('the default chain: a client’s secret in the environment', async () => {
    const { tenantId, clientId, secret } = known();
    const variables = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId };
    Object.assign(process.env, variables, { AZURE_CLIENT_SECRET: secret });
    expect(await outcome({})).toBe('ok');
    Object.assign(process.env, { AZURE_CLIENT_SECRET: 'not the secret' });
    expect(await outcome({})).toBe('unauthenticated');
  });

  it('the default chain: a workload’s identity', async () => {
    const { tenantId, clientId } = known();
    const file = join(folder, 'token');
    writeFileSync(file, `federated:${clientId}`);
    Object.assign(process.env, { AZURE_TENANT_ID: tenantId, AZURE_FEDERATED_TOKEN_FILE: file });
    expect(await outcome({ workloadIdentityClientId: clientId })).toBe('ok');
    expect(await outcome({ workloadIdentityClientId: 'another' })).toBe('unauthenticated');
  });

  it('the default chain: a managed identity, the machine’s own or one by its client or resource id', async () => {
    const { clientId, secret } = known();
    const authority = process.env['COFFER_TEST_AZURE_AUTHORITY_HOST'];
    Object.assign(process.env, { IDENTITY_ENDPOINT: `${authority}/msi/token`, IDENTITY_HEADER: secret });
    expect(await outcome({})).toBe('ok');
    expect(await outcome({ managedIdentityClientId: clientId })).toBe('ok');
    expect(await outcome({ managedIdentityResourceId: `/subscriptions/s/userAssignedIdentities/${clientId}` })).toBe(
      'ok',
    );
    expect(await outcome({ managedIdentityClientId: 'another' })).toBe('unauthenticated');
    expect(await outcome({ managedIdentityResourceId: '/subscriptions/s/userAssignedIdentities/x' })).toBe(
      'unauthenticated',
    );
  });

  it('a directory that cannot be reached is no wrong credential', async () => {
    const { given } = known();
    Object.assign(process.env, { AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1' });
    expect(await outcome({ clientSecret: given })).toBe('unavailable');
  });
});
