import { randomUUID } from 'node:crypto';
import type { FaultyStore, Harness } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { isJsonObject, SecretValue, type ErrorCode, type SecretPath } from '@coffer/secrets';
import type { VaultConnection } from '../connection.js';
import { ownFieldOf } from '../document/own-field.js';
import { at } from '../json.js';
import { SecretLayout } from '../layout.js';
import { openVaultBackend } from '../open.js';
import { VaultServer, freshName, freshPassword, policyFor } from './vault-server.js';
import { RecordingProxy, vaultError } from './recording-proxy.js';

/** A harness whose engine tests may also reach by other ways. */
export interface VaultHarness extends Harness {
  /** The operator's. */
  server(): Promise<VaultServer>;
  readonly mount: string;
  /** The owner's. */
  connection(): Promise<VaultConnection>;
  openWith(changes: Partial<VaultConnection>, prefix?: string): Promise<Backend>;
  /** Ten of a secret are kept otherwise. */
  keepAllVersions(): Promise<void>;
  /** The fences of all versions of a secret. */
  fencesOf(prefix: string, path: SecretPath): Promise<string[]>;
}

const REPORTED: readonly ErrorCode[] = ['unavailable', 'timeout'];

/** An engine, a policy and two users of its own on a real server; made when first used, removed with the harness. */
export const vaultHarness = (): VaultHarness => {
  const mount = freshName();
  const owner = `${mount}-owner`;
  const forbidden = `${mount}-forbidden`;
  const password = freshPassword();
  let made: Promise<VaultServer> | undefined;

  const make = async (): Promise<VaultServer> => {
    const server = new VaultServer();
    await server.makeEngine(mount);
    await server.makePolicy(mount, policyFor(mount));
    await server.enableLogin('userpass');
    await server.do('POST', `auth/userpass/users/${owner}`, { password, token_policies: [mount] });
    await server.do('POST', `auth/userpass/users/${forbidden}`, { password });
    return server;
  };
  const serverOf = (): Promise<VaultServer> => (made ??= make());

  const connectionOf = async (): Promise<VaultConnection> => ({
    address: (await serverOf()).address,
    login: { method: 'userpass', user: owner, password: new SecretValue(password) },
  });
  const openWith = async (changes: Partial<VaultConnection>, prefix: string = randomUUID()) =>
    openVaultBackend({ connection: { ...(await connectionOf()), ...changes }, rootEngine: mount, prefix });

  const behind = async (
    fault: Parameters<RecordingProxy['set']>[0],
    codes: readonly ErrorCode[],
  ): Promise<FaultyStore> => {
    const watched = await RecordingProxy.before((await serverOf()).address);
    const backend = await openWith({ address: watched.address });
    return {
      backend,
      codes,
      arm: () => watched.set(fault),
      disarm: () => watched.set('pass'),
      close: async () => {
        await backend.close();
        await watched.close();
      },
    };
  };

  return {
    name: 'vault-kv2',
    pageSize: 64,
    mount,
    server: serverOf,
    connection: connectionOf,
    openWith,
    keepAllVersions: async () => {
      await (await serverOf()).do('POST', `${mount}/config`, { max_versions: 100_000 });
    },
    fencesOf: async (prefix, path) => {
      const server = await serverOf();
      const place = `${mount}/data/${new SecretLayout(prefix).ofSecret(path)}`;
      const newest = Number(at(await server.do('GET', place), 'data', 'metadata', 'version'));
      const fences: string[] = [];
      for (let version = 1; version <= newest; version += 1) {
        const data = at(await server.do('GET', `${place}?version=${version}`), 'data', 'data');
        fences.push(isJsonObject(data) ? String(ownFieldOf(data)?.fence ?? '') : '');
      }
      return fences;
    },
    open: ({ prefix }) => openWith({}, prefix),
    credentials: {
      wrong: () => openWith({ login: { method: 'userpass', user: owner, password: new SecretValue(`${password}!`) } }),
      forbidden: () =>
        openWith({ login: { method: 'userpass', user: forbidden, password: new SecretValue(password) } }),
    },
    external: {
      create: async (prefix, path, value, tags = []) => {
        const server = await serverOf();
        const place = new SecretLayout(prefix).ofSecret(path);
        await server.do('POST', `${mount}/data/${place}`, { data: { value } });
        const custom_metadata = Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
        if (tags.length > 0) await server.do('POST', `${mount}/metadata/${place}`, { custom_metadata });
        return place;
      },
      change: async (place, value) => {
        await (await serverOf()).do('POST', `${mount}/data/${place}`, { data: { value } });
      },
      valueOf: async (place) => {
        const answer = await (await serverOf()).do('GET', `${mount}/data/${place}`);
        return String(at(answer, 'data', 'data', 'value'));
      },
      duplicates: false,
    },
    faults: {
      throttled: { open: () => behind(vaultError(429, 'request path: rate limit quota exceeded'), ['throttled']) },
      'server-error': { open: () => behind(vaultError(500, 'internal error'), ['unavailable']) },
      'cut-before': { open: () => behind('cut-before', REPORTED) },
      'cut-after': { open: () => behind('cut-after', REPORTED) },
      'timeout-after': { open: () => behind('timeout-after', REPORTED) },
    },
    credentialCanaries: [password],
    close: async () => {
      if (made === undefined) return;
      const server = await made;
      for (const user of [owner, forbidden]) await server.do('DELETE', `auth/userpass/users/${user}`);
      await server.do('DELETE', `sys/policies/acl/${mount}`);
      await server.removeEngine(mount);
    },
  };
};
