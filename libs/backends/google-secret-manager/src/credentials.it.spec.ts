import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaksOf } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { openGoogleSecretManagerBackend, type GoogleSecretManagerOptions } from './index.js';
import { googleSecretManagerHarness } from './testing/index.js';
import { keyFile } from './testing/emulator.js';

const call = () => ({ signal: AbortSignal.timeout(20_000) });
const path = SecretPath.of('main', 'company', 'k');
const TOKEN = 'ya29.coffer-token-canary';

/** As https://cloud.google.com/compute/docs/metadata/overview describes it; `answers` by the path below /computeMetadata/v1. */
const metadataServer = async (answers: Record<string, string | object>): Promise<Server> => {
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').replace(/^\/computeMetadata\/v1/, '').replace(/\?.*$/, '')];
    response.setHeader('Metadata-Flavor', 'Google');
    if (answer === undefined) response.statusCode = 404;
    if (typeof answer === 'object') response.setHeader('Content-Type', 'application/json');
    response.end(typeof answer === 'object' ? JSON.stringify(answer) : answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

describe('credentials of Google Secret Manager', () => {
  const harness = googleSecretManagerHarness();
  const { project, owner, target } = harness;
  const opened: Backend[] = [];
  const before = { ...process.env };
  let folder: string;
  beforeAll(async () => {
    opened.push(await harness.openWith({}));
    folder = mkdtempSync(join(tmpdir(), 'coffer-google-'));
  });
  beforeEach(() => {
    delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
    // Neither this machine's own credentials nor its project.
    process.env['HOME'] = folder;
    process.env['CLOUDSDK_CONFIG'] = folder;
    process.env['METADATA_SERVER_DETECTION'] = 'none';
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  afterAll(async () => {
    await Promise.all(opened.map((backend) => backend.close()));
    await harness.close();
    rmSync(folder, { recursive: true });
  });
  const open = (options: Partial<GoogleSecretManagerOptions>): Backend => {
    const backend = openGoogleSecretManagerBackend({ prefix: randomUUID(), endpoint: target.endpoint, ...options });
    opened.push(backend);
    return backend;
  };
  const works = async (backend: Backend): Promise<void> => {
    await backend.check(call());
    await backend.apply(
      { kind: 'put', path, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect((await backend.read(path, call()))?.value.reveal()).toBe('v');
  };
  const errorOf = async (calling: Promise<unknown>): Promise<CofferError> => {
    const error = await calling.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CofferError);
    expect(leaksOf(error, [TOKEN, ...harness.credentialCanaries])).toEqual([]);
    return error as CofferError;
  };

  it('a service account, and its own project', async () => {
    await works(open({ serviceAccount: owner!.json }));
  });

  it('the project of the settings wins', async () => {
    const backend = open({ serviceAccount: owner!.json, project: `${project}-other` });
    expect((await errorOf(backend.check(call()))).code).toBe('denied');
  });

  it('GOOGLE_APPLICATION_CREDENTIALS, and the project in that file', async () => {
    const file = join(folder, 'key.json');
    writeFileSync(file, owner!.json.reveal());
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = file;
    await works(open({}));
  });

  it('the metadata server at the end of the default chain', async () => {
    await harness.configure({ principals: [{ token: TOKEN, permissions: ['*'] }] });
    const server = await metadataServer({
      '/instance': {},
      '/project/project-id': project,
      '/universe/universe-domain': 'googleapis.com',
      '/instance/service-accounts/default/token': { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' },
    });
    process.env['GCE_METADATA_HOST'] = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env['METADATA_SERVER_DETECTION'] = 'assume-present';
    try {
      const backend = open({});
      await works(backend);
      expect((await errorOf(backend.read(path, { signal: AbortSignal.abort() }))).code).toBe('timeout');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('no credentials are unauthenticated, until there are some', async () => {
    const backend = open({ project });
    expect((await errorOf(backend.check(call()))).code).toBe('unauthenticated');
    const file = join(folder, 'later.json');
    writeFileSync(file, owner!.json.reveal());
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = file;
    await works(backend);
  });

  it('no project is a matter of configuration', async () => {
    const { project_id: _, ...account } = JSON.parse(owner!.json.reveal()) as Record<string, string>;
    const backend = open({ serviceAccount: new SecretValue(JSON.stringify(account)) });
    const error = await errorOf(backend.check(call()));
    expect(error.code).toBe('configuration');
    expect(error.message).toContain('set project');
  });

  it('a key that the service does not know is unauthenticated', async () => {
    const backend = open({ serviceAccount: keyFile('unknown', project).json });
    expect((await errorOf(backend.check(call()))).code).toBe('unauthenticated');
  });

  const parsed = () => JSON.parse(owner!.json.reveal()) as Record<string, string>;
  it.each<[string, () => string]>([
    ['no JSON', () => `x${owner!.json.reveal()}`],
    ['another thing', () => '"text"'],
    ['another kind', () => JSON.stringify({ ...parsed(), type: 'authorized_user' })],
    ['no address', () => JSON.stringify({ ...parsed(), client_email: '' })],
    ['no key', () => JSON.stringify({ ...parsed(), private_key: undefined })],
    [
      'a damaged key',
      () => JSON.stringify({ ...parsed(), private_key: parsed()['private_key']!.replace(/\n.{20}/, '\n') }),
    ],
  ])('refuses %s as a service account', async (_, text) => {
    const error = await errorOf((async () => open({ serviceAccount: new SecretValue(text()) }))());
    expect(error.code).toBe('configuration');
    expect(error.message).toContain('serviceAccount');
  });
});
