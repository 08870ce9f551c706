import { randomUUID } from 'node:crypto';
import { h2Harness, mysqlHarness, postgresqlHarness } from '@coffer/backend-jdbc/testing';
import { FaultyProxy, type ConnectionState, type FaultKind } from '@coffer/backend-conformance/faults';
import type { FaultedStore, Judge } from '../faulted-store.js';

/** A database does not throttle, and no proxy speaks in its name. */
export const OF_A_CONNECTION = ['cut-before', 'cut-after', 'timeout-after'] as const satisfies readonly FaultKind[];

const MODES: Readonly<Record<string, ConnectionState>> = {
  'cut-before': 'cut-on-request',
  'cut-after': 'cut-on-answer',
  'timeout-after': 'swallow',
};

/** PostgreSQL's message Sync, with which each prepared statement ends, and nothing of a login. */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const isStatement = (bytes: Buffer): boolean => bytes.includes(SYNC);
/** The commands COM_STMT_PREPARE and COM_STMT_EXECUTE. */
const isMysqlStatement = (bytes: Buffer): boolean => bytes[3] === 0 && (bytes[4] === 0x16 || bytes[4] === 0x17);

/** Statements meet faults; logging in does not, for each cut means another login. */
const openWith =
  (open: typeof postgresqlHarness, counts: (bytes: Buffer) => boolean) =>
  async (judge: Judge): Promise<FaultedStore> => {
    const subject = open();
    const { host, port } = await subject.connection();
    const proxy = await FaultyProxy.to(port, { host });
    proxy.judgeBy((bytes) => (counts(bytes) ? (MODES[judge()] ?? 'pass') : 'pass'));
    const prefix = randomUUID();
    const faulted = await subject.openWith({ host: '127.0.0.1', port: proxy.port, tls: 'disabled' }, prefix);
    const steady = await subject.openWith({}, prefix);
    return {
      faulted,
      steady,
      close: async () => {
        await Promise.all([faulted.close(), steady.close()]);
        await proxy.close();
        await subject.close();
      },
    };
  };

export const openPostgresql = openWith(postgresqlHarness, isStatement);
export const openH2 = openWith(h2Harness, isStatement);
export const openMysql = openWith(mysqlHarness, isMysqlStatement);
