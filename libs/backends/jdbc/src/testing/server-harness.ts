import { randomUUID } from 'node:crypto';
import type { FaultyStore, Harness } from '@coffer/backend-conformance';
import { FaultyProxy, type ProxyState } from '@coffer/backend-conformance/faults';
import type { Backend } from '@coffer/backend-contract';
import { SecretValue, type ErrorCode } from '@coffer/secrets';
import type { ServerConnection } from '../connection.js';
import { openJdbcBackend } from '../open.js';
import { administratorOf, freshName, freshPassword } from './server.js';
import { TEST_KEY, testRing } from '@coffer/backend-conformance/test-ring';

/** What a suite needs its own of, on a server that others use too. */
export interface Accounts {
  readonly database: string;
  /** May do everything in the database. */
  readonly owner: string;
  /** May log in and nothing more. */
  readonly forbiddenUser: string;
  readonly password: string;
}

/** The administrator's work, which each kind of server words in its own way. */
export interface Administrator {
  create(admin: ServerConnection, accounts: Accounts): Promise<void>;
  drop(admin: ServerConnection, accounts: Accounts): Promise<void>;
  /** As the owner, in the database. */
  execute(connection: ServerConnection, ...statements: readonly string[]): Promise<void>;
  grantReading(accounts: Accounts): readonly string[];
  /** Whether the owner may grant, and nobody else can. */
  readonly ownerGrants?: boolean;
}

/** A harness whose database tests may also reach by other ways. */
export interface ServerHarness extends Harness {
  /** The owner's. */
  connection(): Promise<ServerConnection>;
  openWith(changes: Partial<ServerConnection>, prefix?: string): Promise<Backend>;
  /** As the owner. */
  execute(...statements: readonly string[]): Promise<void>;
  /** Gives the forbidden user the right to read. */
  grantReading(): Promise<Partial<ServerConnection>>;
}

const POOL_SIZE = 4;
const REPORTED: readonly ErrorCode[] = ['unavailable', 'timeout'];

/** A database on a real server; made when first used, dropped with the harness. */
export const serverHarness = (name: string, variable: string, administrator: Administrator): ServerHarness => {
  const own = freshName();
  const accounts: Accounts = { database: own, owner: own, forbiddenUser: `${own}_x`, password: freshPassword() };
  const ring = testRing();
  let made: Promise<ServerConnection> | undefined;

  const make = async (): Promise<ServerConnection> => {
    const admin = administratorOf(variable);
    await administrator.create(admin, accounts);
    const { database, owner, password } = accounts;
    return { ...admin, database, username: owner, password: new SecretValue(password) };
  };
  const connectionOf = (): Promise<ServerConnection> => (made ??= make());

  const openWith = async (changes: Partial<ServerConnection>, prefix: string = randomUUID()) =>
    openJdbcBackend({
      connection: { ...(await connectionOf()), ...changes },
      ring: await ring,
      prefix,
      poolSize: POOL_SIZE,
    });

  const behindProxy = async (fault: ProxyState): Promise<FaultyStore> => {
    const { host, port } = await connectionOf();
    const proxy = await FaultyProxy.to(port, { host });
    const backend = await openWith({ host: '127.0.0.1', port: proxy.port });
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
  };

  const withoutTable = async (): Promise<FaultyStore> => {
    const connection = await connectionOf();
    const backend = await openWith({});
    let armed = false;
    const rename = async (from: string, to: string): Promise<void> => {
      await administrator.execute(connection, `ALTER TABLE ${from} RENAME TO ${to}`);
      armed = !armed;
    };
    return {
      backend,
      codes: ['unavailable'],
      arm: () => rename('coffer_secrets', 'coffer_away'),
      disarm: async () => {
        if (armed) await rename('coffer_away', 'coffer_secrets');
      },
      close: () => backend.close(),
    };
  };

  return {
    connection: connectionOf,
    openWith,
    execute: async (...statements) => administrator.execute(await connectionOf(), ...statements),
    grantReading: async () => {
      const owner = await connectionOf();
      const grantor =
        administrator.ownerGrants === true ? owner : { ...administratorOf(variable), database: owner.database };
      await administrator.execute(grantor, ...administrator.grantReading(accounts));
      return { username: accounts.forbiddenUser };
    },
    name,
    open: ({ prefix }) => openWith({}, prefix),
    credentials: {
      wrong: () => openWith({ password: new SecretValue(`${accounts.password}!`) }),
      forbidden: () => openWith({ username: accounts.forbiddenUser }),
    },
    faults: {
      throttled: { absent: 'the database does not throttle' },
      'server-error': { open: withoutTable },
      'cut-before': { open: () => behindProxy('cut-on-request') },
      'cut-after': { open: () => behindProxy('cut-on-answer') },
      'timeout-after': { open: () => behindProxy('swallow') },
    },
    seals: true,
    credentialCanaries: [TEST_KEY, accounts.password],
    close: async () => {
      if (made === undefined) return;
      await made;
      await administrator.drop(administratorOf(variable), accounts);
    },
  };
};
