import { randomUUID } from 'node:crypto';
import type { RecordBreakGlass } from '@coffer/access';
import type { AuditEntry, AuditTrail } from '@coffer/audit';
import type { Logger } from '@coffer/observability';

const ACTION = 'access.break-glass';

/** A record for each namespace that a break-glass grant is for; all must be taken before it counts. */
export const breakGlassRecords =
  (audit: Pick<AuditTrail, 'record'>, logger: Pick<Logger, 'warn'>): RecordBreakGlass =>
  async ({ id, to, reason, grants, expiresAtMs }) => {
    const until = new Date(expiresAtMs).toISOString();
    const requestId = randomUUID();
    const records = grants.map(({ tenant, namespace, permissions }): AuditEntry => ({
      ...{ requestId, principal: to, address: '', tenant, namespace, target: id },
      ...{ action: ACTION, decision: 'allow', outcome: 'ok', breakGlass: true },
      detail: `${permissions.join(',')} until ${until}: ${reason}`,
    }));
    const taken = await Promise.all(records.map((record) => audit.record(record)));
    if (taken.includes(false)) return false;
    logger.warn({ grant: id, to, until }, 'a break-glass grant counts from now on');
    return true;
  };
