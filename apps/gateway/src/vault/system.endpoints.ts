import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { answered } from './answers.js';

/** Vault ignores what it does not know. */
export const anyQuery = z.looseObject({});

const healthBody = z
  .strictObject({
    initialized: z.literal(true),
    sealed: z.literal(false),
    standby: z.literal(false),
    performance_standby: z.literal(false),
    replication_performance_mode: z.literal('disabled'),
    replication_dr_mode: z.literal('disabled'),
    server_time_utc: z.int(),
    version: z.string(),
    enterprise: z.literal(false),
    cluster_name: z.string(),
    cluster_id: z.literal(''),
  })
  .meta({ id: 'VaultHealth' });

export const health = endpoint({
  id: 'vaultHealth',
  face: 'vault',
  method: 'GET',
  path: '/sys/health',
  access: 'open',
  summary: 'Whether reads can be served',
  query: anyQuery,
  answers: {
    200: { description: 'Yes.', body: healthBody },
    503: { description: 'No.', body: healthBody },
  },
});

export const init = endpoint({
  id: 'vaultInit',
  face: 'vault',
  method: 'GET',
  path: '/sys/init',
  access: 'open',
  summary: 'That nothing has to be initialised',
  query: anyQuery,
  answers: { 200: { description: 'Always the same.', body: z.strictObject({ initialized: z.literal(true) }) } },
});

export const sealStatus = endpoint({
  id: 'vaultSealStatus',
  face: 'vault',
  method: 'GET',
  path: '/sys/seal-status',
  access: 'open',
  summary: 'That nothing is sealed: a process of Coffer has its keys, or does not start',
  query: anyQuery,
  answers: {
    200: {
      description: 'Always the same.',
      body: z.strictObject({
        type: z.literal('coffer'),
        initialized: z.literal(true),
        sealed: z.literal(false),
        t: z.literal(0),
        n: z.literal(0),
        progress: z.literal(0),
        nonce: z.literal(''),
        version: z.string(),
        build_date: z.literal(''),
        migration: z.literal(false),
        cluster_name: z.string(),
        cluster_id: z.literal(''),
        recovery_seal: z.literal(false),
        storage_type: z.literal('coffer'),
      }),
    },
  },
});

export const leader = endpoint({
  id: 'vaultLeader',
  face: 'vault',
  method: 'GET',
  path: '/sys/leader',
  access: 'open',
  summary: 'That there is no leader: every gateway answers everything',
  query: anyQuery,
  answers: {
    200: {
      description: 'Always the same.',
      body: z.strictObject({
        ha_enabled: z.literal(false),
        is_self: z.literal(false),
        active_time: z.string(),
        leader_address: z.literal(''),
        leader_cluster_address: z.literal(''),
        performance_standby: z.literal(false),
        performance_standby_last_remote_wal: z.literal(0),
      }),
    },
  },
});

const mountFields = {
  accessor: z.literal(''),
  config: z.strictObject({
    default_lease_ttl: z.literal(0),
    force_no_cache: z.literal(false),
    max_lease_ttl: z.literal(0),
  }),
  description: z.string(),
  external_entropy_access: z.literal(false),
  local: z.literal(false),
  options: z.strictObject({ version: z.literal('2') }),
  plugin_version: z.literal(''),
  seal_wrap: z.literal(false),
  type: z.literal('kv'),
  uuid: z.literal(''),
};

export const listMounts = endpoint({
  id: 'listVaultMounts',
  face: 'vault',
  method: 'GET',
  path: '/sys/internal/ui/mounts',
  access: 'authenticated',
  summary: 'The one engine that there is',
  query: anyQuery,
  answers: {
    200: {
      description: 'By its path.',
      body: answered(
        z.strictObject({
          auth: z.strictObject({}),
          secret: z.record(z.string(), z.strictObject(mountFields)),
        }),
      ),
    },
  },
});

export const readMount = endpoint({
  id: 'readVaultMount',
  face: 'vault',
  method: 'GET',
  path: '/sys/internal/ui/mounts/{path}',
  access: 'authenticated',
  summary: 'The engine that a path is below',
  query: anyQuery,
  answers: {
    200: { description: 'The engine.', body: answered(z.strictObject({ ...mountFields, path: z.string() })) },
  },
  errors: ['forbidden'],
});
