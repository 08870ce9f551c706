import type { components } from './schema.js';

type Schemas = components['schemas'];

export type StoreSummary = Schemas['StoreSummary'];
export type SecretRow = Schemas['SecretRow'];
export type SecretState = SecretRow['states'][number];
export type Tag = SecretRow['tags'][number];
export type SecretPage = Schemas['SecretSearch'];
export type NamespaceSummary = Schemas['NamespaceNode'];
export type Permission = NamespaceSummary['permissions'][number];
export type Problem = Schemas['Problem'];
export type Whoami = Schemas['WhoAmI'];
export type Grant = Schemas['Grant'];
export type Explanation = Schemas['Explanation'];
export type SignInMethods = Schemas['SignInMethods'];

export type Change =
  | {
      action: 'put';
      namespace: string;
      key: string;
      value: string;
      description?: string;
      tags?: Tag[];
      ifMatch?: string;
      ifNoneMatch?: '*';
    }
  | { action: 'patch'; namespace: string; key: string; description?: string; tags?: Tag[]; ifMatch?: string }
  | { action: 'tag'; namespace: string; key: string; add?: Tag[]; remove?: string[]; ifMatch?: string }
  | {
      action: 'copy' | 'move';
      from: { namespace: string; key: string };
      namespace: string;
      key: string;
      ifMatch?: string;
      ifNoneMatch?: '*';
    }
  | { action: 'delete'; namespace: string; key: string; ifMatch?: string };

export type Effect = 'create' | 'change' | 'same' | 'delete' | 'write' | 'refused';

export interface ChangeItem {
  action: string;
  namespace: string;
  key: string;
  effect: Effect;
  version?: string;
  result?: 'applied' | 'unchanged' | 'failed' | 'pending' | 'refused';
  operation?: string;
  error?: Problem;
}

export interface ChangePlan {
  dryRun: boolean;
  counts: Record<Effect, number>;
  items: ChangeItem[];
}

export interface ComparedCell {
  state: 'here' | 'inherited' | 'missing' | 'failed';
  from?: string;
  version?: string;
  group?: number;
  code?: string;
}

export interface ComparedKey {
  key: string;
  verdict: 'same' | 'different' | 'missing' | 'unknown';
  cells: ComparedCell[];
}

export interface Comparison {
  namespaces: string[];
  keys: ComparedKey[];
  total: number;
  next?: string;
}

export interface SystemStore {
  name: string;
  tenant?: string;
  namespace?: string;
  type: string;
  readOnly: boolean;
  conditionalWrites?: string;
  health: { state: 'ok' | 'down'; code?: string };
  breaker?: string;
  rates?: { reads?: number; writes?: number; lists?: number };
  secrets?: number;
  drift?: { appeared: number; changed: number; deleted: number };
}

export interface SystemView {
  stores: SystemStore[];
  instance?: {
    version: string;
    cache?: { mode: string; hits: number; misses: number; hitRatio: number };
    leases?: { shard: number; held: boolean }[];
    writesWaitedMs?: { p50: number; p99: number };
    probe?: { reads: number; stale: number };
  };
  deadLetters: number;
  keys: { id: string; active: boolean }[];
}

export type ResolvedSecret = Schemas['ResolvedSecret'];
export type Operation = Schemas['Operation'];
export type AuditRecord = Schemas['AuditRecord'];
export type AuditRecordPage = Schemas['AuditRecordPage'];
export type DeadLetter = Schemas['DeadLetter'];
export type DeadLetterPage = Schemas['DeadLetterPage'];
