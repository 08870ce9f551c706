import { ACCESS_PAGE_SIZE, type AccessFilters } from '../router/access-filters.js';
import { cofferPath, part, request } from './request.js';
import type { AuditRecordPage, DeadLetterPage, Explanation, GivenGrantPage, Permission, SystemView } from './types.js';

export interface AuditQuery {
  namespace?: string;
  key?: string;
  principal?: string;
  action?: string;
  decision?: string;
  outcome?: string;
  from?: string;
  to?: string;
  page?: number;
  size?: number;
}

export const searchAudit = async (tenant: string, query: AuditQuery, signal?: AbortSignal): Promise<AuditRecordPage> =>
  (
    await request<AuditRecordPage>('GET', cofferPath(tenant, '/audit'), {
      query: { ...query },
      ...(signal === undefined ? {} : { signal }),
    })
  ).body;

export type Asked = { permission: Permission; namespace: string } & (
  { principal?: string } | { issuer: string; claims: Record<string, unknown> }
);

export const explainAccess = async (tenant: string, asked: Asked): Promise<Explanation> =>
  (await request<Explanation>('POST', cofferPath(tenant, '/access/explain'), { body: asked })).body;

export const listAccess = async (tenant: string, filters: AccessFilters): Promise<GivenGrantPage> =>
  (
    await request<GivenGrantPage>('GET', cofferPath(tenant, '/access'), {
      query: { ...filters, size: ACCESS_PAGE_SIZE },
    })
  ).body;

export const readSystem = async (tenant: string): Promise<SystemView> =>
  (await request<SystemView>('GET', cofferPath(tenant, '/system'))).body;

export const listDeadLetters = async (tenant: string, page: number, size: number): Promise<DeadLetterPage> =>
  (await request<DeadLetterPage>('GET', cofferPath(tenant, '/dead-letters'), { query: { page, size } })).body;

/** Resolves with the id of the operation that it becomes. */
export const replayDeadLetter = async (tenant: string, id: string): Promise<string> =>
  (await request<{ id: string }>('POST', cofferPath(tenant, `/dead-letters/${part(id)}/replay`))).body.id;

export const discardDeadLetter = async (tenant: string, id: string): Promise<void> => {
  await request('DELETE', cofferPath(tenant, `/dead-letters/${part(id)}`));
};
