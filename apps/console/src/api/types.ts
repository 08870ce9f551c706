import type { components } from './schema.js';

type Schemas = components['schemas'];

export type StoreSummary = Schemas['StoreSummary'];
export type SecretRow = Schemas['SecretRow'];
export type SecretState = SecretRow['states'][number];
export type Tag = SecretRow['tags'][number];
export type SecretPage = Schemas['SecretSearch'];
export type NamespaceTree = Schemas['NamespaceTree'];
export type NamespaceSummary = Schemas['NamespaceNode'];
export type NamespaceDescription = Schemas['NamespaceDescription'];
export type StoreLimits = Schemas['StoreLimits'];
export type UnlistedStore = SecretPage['unlisted'][number];
export type Permission = NamespaceSummary['permissions'][number];
export type Problem = Schemas['Problem'];
export type Whoami = Schemas['WhoAmI'];
export type Grant = Schemas['Grant'];
export type Explanation = Schemas['Explanation'];
export type GivenGrant = Schemas['GivenGrant'];
export type GivenGrantPage = Schemas['GivenGrantPage'];
export type SignInMethods = Schemas['SignInMethods'];

export type Change = Schemas['ChangeItem'];
export type ChangeResult = Schemas['ChangeResult'];
export type Effect = ChangeResult['effect'];
export type ChangePlan = Schemas['ChangesAnswer'];

export type ComparedKey = Schemas['ComparedKey'];
export type ComparedCell = Schemas['ComparedCell'];
export type Comparison = Schemas['Comparison'];

export type SystemStore = Schemas['StoreState'];
export type SystemInstance = Schemas['InstanceState'];
export type SystemProcesses = Schemas['ProcessesState'];
export type SystemView = Schemas['SystemState'];

export type ResolvedSecret = Schemas['ResolvedSecret'];
export type Operation = Schemas['Operation'];
export type AuditRecord = Schemas['AuditRecord'];
export type AuditRecordPage = Schemas['AuditRecordPage'];
export type DeadLetter = Schemas['DeadLetter'];
export type DeadLetterPage = Schemas['DeadLetterPage'];
