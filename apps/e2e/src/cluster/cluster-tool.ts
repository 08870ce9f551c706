import { join } from 'node:path';
import type { ExternalSecrets } from '@coffer/backend-conformance';

export const ROLES = ['cache-invalidator', 'secret-worker', 'gateway'] as const;
export type Role = (typeof ROLES)[number];

/** A process of the cluster that is ready. */
export interface Started {
  readonly role: Role;
  readonly pid: number;
  readonly port: number;
  readonly address: string;
}

export type Settings = Readonly<Record<string, unknown>>;

/** What `tools/test-cluster/src/cluster.mjs` has started; it is no package, and is imported where it lies. */
export interface ToolCluster {
  readonly token: string;
  readonly kafka: string;
  /** The file that each process reads as it starts. */
  readonly configuration: string;
  /** Of the store: what nothing else in it uses. */
  readonly prefix: string;
  /** Absent where the store holds nothing but what Coffer made. */
  readonly external?: ExternalSecrets;
  /** Of the processes, beside this one's. */
  readonly environment: Readonly<Record<string, string>>;
  processes(): Started[];
  start(role: Role, env?: Readonly<Record<string, string>>): Promise<Started>;
  stop(): Promise<void>;
}

export interface ToolClusterOptions {
  readonly store: string;
  readonly counts: Readonly<Record<Role, number>>;
  readonly log: (line: string) => void;
  /** Put under `coffer:` of the configuration. */
  readonly settings?: Settings;
  /** `kestra.secret.cache`. */
  readonly cache?: Settings;
  readonly servers: Readonly<Record<string, string>>;
  readonly replicas?: number;
}

export const startToolCluster = async (options: ToolClusterOptions): Promise<ToolCluster> => {
  const tool = (await import(join(__dirname, '../../../../tools/test-cluster/src/cluster.mjs'))) as {
    startCluster(options: ToolClusterOptions): Promise<ToolCluster>;
  };
  return tool.startCluster(options);
};
