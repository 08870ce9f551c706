import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { Backend } from '@coffer/backend-contract';
import type { CredentialOptions, FaultyStore, Harness } from '@coffer/backend-conformance';
import { FaultyProxy, type ProxyState } from '@coffer/backend-conformance/faults';
import type { ErrorCode } from '@coffer/secrets';
import { Credentials } from '../credentials.js';
import { openGoogleSecretManagerBackend, type GoogleSecretManagerOptions } from '../open.js';
import { Service } from '../connection.js';
import { GrpcProxy } from './grpc-proxy.js';
import { externalSecrets } from './external-secrets.js';
import { keyFile, configureEmulator, type KeyFile, type EmulatorSettings } from './emulator.js';
import { targetOf, type Target } from './target.js';

const REPORTED: readonly ErrorCode[] = ['unavailable', 'timeout'];

/** The harness of the suite, and what the adapter's own tests need beside it. */
export interface GoogleSecretManagerHarness extends Harness {
  readonly project: string;
  /** May do everything in the project; absent on a server that asks for nothing. */
  readonly owner: KeyFile | undefined;
  openWith(changes: Partial<GoogleSecretManagerOptions>): Promise<Backend>;
  /** Beside Coffer, as the owner. */
  readonly outside: ReturnType<typeof externalSecrets>;
  readonly raw: Service;
  /** Changes the settings of the emulator; no other server has them. */
  configure(command: EmulatorSettings): Promise<void>;
  readonly target: Target;
}

const serverCanaries = (owner: KeyFile | undefined): string[] => {
  if (owner === undefined) return [];
  const { private_key: key } = JSON.parse(owner.json.reveal()) as { private_key: string };
  // A line in the middle of the key, and the whole of it.
  return [key.split('\n')[5] ?? key];
};

/** A project of its own on the server of `COFFER_TEST_GOOGLE_ENDPOINT`; on another server than the emulator a shared one. */
export const googleSecretManagerHarness = (): GoogleSecretManagerHarness => {
  const env = process.env['COFFER_TEST_GOOGLE_ENDPOINT'];
  // Without the variable the suite is still declared, and fails when it opens.
  const target = env ? targetOf() : targetOf({ COFFER_TEST_GOOGLE_ENDPOINT: 'http://127.0.0.1:1' });
  const { endpoint, control } = target;
  const project = control === undefined ? (target.project ?? 'coffer-test') : `coffer-${randomUUID()}`;
  const owner = control === undefined ? undefined : keyFile('owner', project);
  const forbidden = control === undefined ? undefined : keyFile('forbidden', project);
  let ready: Promise<void> | undefined;

  const configure = (command: EmulatorSettings): Promise<void> => {
    if (control === undefined) throw new Error('only the emulator can be configured');
    return configureEmulator(endpoint, control, project, command);
  };
  const prepare = async (): Promise<void> => {
    targetOf();
    if (owner === undefined || forbidden === undefined) return;
    const { email, publicKey } = owner;
    await configure({
      principals: [
        { email, publicKey, permissions: ['*'] },
        { email: forbidden.email, publicKey: forbidden.publicKey, permissions: [] },
      ],
    });
  };
  const credentialsOf = (file: KeyFile | undefined): Partial<GoogleSecretManagerOptions> => {
    const serviceAccount = file?.json ?? target.serviceAccount;
    if (serviceAccount !== undefined) return { serviceAccount };
    return endpoint.plaintext ? { anonymous: true } : {};
  };
  const openWith = async (changes: Partial<GoogleSecretManagerOptions>): Promise<Backend> => {
    await (ready ??= prepare());
    const given = { project, prefix: randomUUID(), endpoint, ...credentialsOf(owner) };
    return openGoogleSecretManagerBackend({ ...given, ...changes });
  };
  const source = owner?.json ?? target.serviceAccount;
  const raw = new Service(
    new Credentials(
      source !== undefined ? { serviceAccount: source } : endpoint.plaintext ? 'none' : 'default-chain',
      project,
    ),
    endpoint,
  );

  const cutting = (fault: ProxyState) => ({
    open: async (): Promise<FaultyStore> => {
      const proxy = await FaultyProxy.to(endpoint.port, { host: endpoint.host });
      const backend = await openWith({ endpoint: { ...endpoint, host: '127.0.0.1', port: proxy.port } });
      return {
        backend,
        codes: REPORTED,
        arm: () => proxy.set(fault),
        disarm: () => proxy.set('pass'),
        close: async () => {
          await backend.close();
          await proxy.close();
        },
      };
    },
  });
  const refusing = (code: status, details: string, codes: readonly ErrorCode[]) => ({
    open: async (): Promise<FaultyStore> => {
      const proxy = await GrpcProxy.to(endpoint);
      const backend = await openWith({ endpoint: proxy.endpoint });
      return {
        backend,
        codes,
        arm: () => void (proxy.verdict = () => ({ code, details })),
        disarm: () => void (proxy.verdict = () => undefined),
        close: async () => {
          await backend.close();
          proxy.close();
        },
      };
    },
  });
  const needsTls = { absent: 'the proxy would end TLS' } as const;
  const options: CredentialOptions = {
    wrong: () => openWith({ serviceAccount: keyFile('unknown', project).json }),
    forbidden: () => openWith({ ...(forbidden === undefined ? {} : { serviceAccount: forbidden.json }) }),
  };

  return {
    name: 'google-secret-manager',
    project,
    owner,
    openWith,
    outside: externalSecrets(raw),
    raw,
    configure,
    target,
    open: ({ prefix = randomUUID() }) => openWith({ prefix }),
    credentials: control === undefined ? { absent: 'this server has no second account' } : options,
    external: externalSecrets(raw),
    faults: {
      throttled: refusing(status.RESOURCE_EXHAUSTED, 'Quota exceeded.', ['throttled']),
      'server-error': refusing(status.INTERNAL, 'Internal error encountered.', ['unavailable']),
      'cut-before': endpoint.plaintext ? cutting('cut-on-request') : needsTls,
      'cut-after': endpoint.plaintext ? cutting('cut-on-answer') : needsTls,
      'timeout-after': endpoint.plaintext ? cutting('swallow') : needsTls,
    },
    credentialCanaries: serverCanaries(owner),
    close: () => raw.close(),
  };
};
