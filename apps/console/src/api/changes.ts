import { cofferPath, request } from './request.js';
import type { Change, ChangePlan, Comparison } from './types.js';

/** As many as one request may have. */
export const MAX_CHANGES = 500;

const sendChanges = async (tenant: string, items: readonly Change[], dryRun: boolean): Promise<ChangePlan> =>
  (await request<ChangePlan>('POST', cofferPath(tenant, '/changes'), { query: { dryRun }, body: { items } })).body;

const merged = (plans: readonly ChangePlan[], dryRun: boolean): ChangePlan => {
  const counts = { create: 0, change: 0, same: 0, delete: 0, write: 0, refused: 0 };
  for (const plan of plans) {
    for (const effect of Object.keys(counts) as (keyof typeof counts)[]) counts[effect] += plan.counts[effect];
  }
  return { dryRun, counts, items: plans.flatMap(({ items }) => items) };
};

const inBatches = async (tenant: string, items: readonly Change[], dryRun: boolean): Promise<ChangePlan> => {
  const plans: ChangePlan[] = [];
  for (let at = 0; at < items.length; at += MAX_CHANGES) {
    plans.push(await sendChanges(tenant, items.slice(at, at + MAX_CHANGES), dryRun));
  }
  return merged(plans, dryRun);
};

/** What would happen; nothing is written. */
export const planChanges = (tenant: string, items: readonly Change[]): Promise<ChangePlan> =>
  inBatches(tenant, items, true);

export const applyChanges = (tenant: string, items: readonly Change[]): Promise<ChangePlan> =>
  inBatches(tenant, items, false);

export const compareNamespaces = async (
  tenant: string,
  query: { a: string; b: string; c?: string; q?: string; cursor?: string },
  signal?: AbortSignal,
): Promise<Comparison> =>
  (
    await request<Comparison>('GET', cofferPath(tenant, '/compare'), {
      query: { ...query, limit: 200 },
      ...(signal === undefined ? {} : { signal }),
    })
  ).body;
