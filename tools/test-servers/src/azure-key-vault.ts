import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { cacheFolder } from './places.ts';
import { run, which } from './processes.ts';
import type { Permission } from './azure-key-vault/identity.ts';
import type { Assignments, Server } from './lifecycle.ts';

const URL_VARIABLE = 'COFFER_TEST_AZURE_URL';
const CA_VARIABLE = 'COFFER_TEST_AZURE_CA_FILE';
/** Variables that name another service to the suite. docs/backends/azure-key-vault.md says what each means. */
const VARIABLES = [
  URL_VARIABLE,
  CA_VARIABLE,
  'COFFER_TEST_AZURE_AUTHORITY_HOST',
  'COFFER_TEST_AZURE_TENANT_ID',
  ...['CLIENT_ID', 'CLIENT_SECRET', 'TOKEN', 'NEW_VAULT'].map((name) => `COFFER_TEST_AZURE_${name}`),
  'COFFER_TEST_AZURE_PROXY_CERT_FILE',
  'COFFER_TEST_AZURE_PROXY_KEY_FILE',
  ...['FORBIDDEN', 'READER', 'WRITER'].flatMap((role) =>
    ['CLIENT_ID', 'CLIENT_SECRET'].map((name) => `COFFER_TEST_AZURE_${role}_${name}`),
  ),
];

const TENANT = '5ca1ab1e-0000-4000-8000-00000000c0ff';
const ROLES: Record<string, { clientId: string; permissions: Permission[] }> = {
  '': {
    clientId: '5ca1ab1e-0000-4000-8000-000000000001',
    permissions: ['get', 'list', 'set', 'delete', 'recover', 'backup', 'restore', 'purge'],
  },
  FORBIDDEN_: { clientId: '5ca1ab1e-0000-4000-8000-000000000002', permissions: [] },
  READER_: { clientId: '5ca1ab1e-0000-4000-8000-000000000003', permissions: ['get', 'list'] },
  WRITER_: {
    clientId: '5ca1ab1e-0000-4000-8000-000000000004',
    permissions: ['get', 'list', 'set', 'delete', 'recover'],
  },
};

const program = join(import.meta.dirname, 'azure-key-vault', 'main.ts');
const certificates = () => join(cacheFolder(), 'azure-key-vault');
const certificateFile = () => join(certificates(), 'certificate.pem');

/** Self-signed, so that it is its own authority; made once, for 127.0.0.1 alone. */
async function makeCertificate() {
  if (existsSync(certificateFile())) return;
  const draft = `${certificates()}.${process.pid}`;
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650'],
    ...['-subj', '/CN=Coffer test vault', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ...['-keyout', join(draft, 'key.pem'), '-out', join(draft, 'certificate.pem')],
  ]);
  // Whoever else made one meanwhile has one as good.
  if (existsSync(certificateFile())) rmSync(draft, { recursive: true });
  else renameSync(draft, certificates());
}

/** Whether a vault answers there: without a token it must be a challenge. */
function challenged(url: string, caFile: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
    const asking = request(new URL('/secrets?api-version=7.4', url), { ...ca, timeout: 5_000 }, (answer) => {
      answer.resume();
      if (answer.statusCode === 401 || answer.statusCode === 200) resolve();
      else reject(new Error(`the vault answered ${answer.statusCode}`));
    });
    asking.once('timeout', () => asking.destroy(new Error('the vault did not answer')));
    asking.once('error', reject);
    asking.end();
  });
}

/** The fault proxy, which stands on 127.0.0.1 in front of any vault, may have the stand-in's certificate. */
const forProxy = () => ({
  COFFER_TEST_AZURE_PROXY_CERT_FILE: certificateFile(),
  COFFER_TEST_AZURE_PROXY_KEY_FILE: join(certificates(), 'key.pem'),
});

function given(env: NodeJS.ProcessEnv): Assignments {
  const found = Object.fromEntries(VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  return { ...forProxy(), ...found };
}

/** A stand-in, for there is no emulator of Microsoft's: see azure-key-vault/. */
export const azureKeyVault: Server = {
  name: 'azure-key-vault',
  variables: [URL_VARIABLE],
  fromEnvironment: (env) => (env[URL_VARIABLE] ? given(env) : undefined),
  address: (port, password) => ({
    [URL_VARIABLE]: `https://127.0.0.1:${port}`,
    [CA_VARIABLE]: certificateFile(),
    ...forProxy(),
    COFFER_TEST_AZURE_NEW_VAULT: `https://127.0.0.1:${port}/test-vaults`,
    COFFER_TEST_AZURE_AUTHORITY_HOST: `https://127.0.0.1:${port}`,
    COFFER_TEST_AZURE_TENANT_ID: TENANT,
    ...Object.fromEntries(
      Object.entries(ROLES).flatMap(([role, { clientId }]) => [
        [`COFFER_TEST_AZURE_${role}CLIENT_ID`, clientId],
        [`COFFER_TEST_AZURE_${role}CLIENT_SECRET`, password],
      ]),
    ),
  }),
  async ready(address) {
    if (address['COFFER_TEST_AZURE_PROXY_CERT_FILE'] === certificateFile()) await makeCertificate();
    try {
      await challenged(address[URL_VARIABLE] ?? '', address[CA_VARIABLE]);
    } catch (error) {
      if (!/certificate|altname/i.test((error as Error).message)) throw error;
      throw new Error(`${(error as Error).message}. ${CA_VARIABLE} names a file (PEM) with the authority to trust`);
    }
  },
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  native: {
    // It is our own program, in a checkout that another account might not reach.
    accounts: ['root'],
    packages:
      'openssl (for a certificate of its own; the stand-in itself is in tools/test-servers/src/azure-key-vault)',

    available: () => (existsSync(certificateFile()) ? { version: 'stand-in of Azure Key Vault' } : undefined),

    async install(log) {
      if (!which('openssl')) {
        if (!canInstall()) throw new Error('openssl is not installed here');
        await installPackages([['openssl']], log);
      }
      await makeCertificate();
    },

    async start(dir, port, { password, place }) {
      const principals = Object.values(ROLES).map((role) => ({ ...role, secret: password }));
      await place('settings.json', JSON.stringify({ tenantId: TENANT, principals }));
      await place('key.pem', readFileSync(join(certificates(), 'key.pem'), 'utf8'));
      await place('certificate.pem', readFileSync(certificateFile(), 'utf8'));
      return { command: process.execPath, args: [program, dir, `${port}`] };
    },
  },
};
