import type { AuditQuery } from '../api/administration.js';
import { text, type Query } from './secret-filters.js';

/** Records of one page. */
export const AUDIT_PAGE_SIZE = 50;

/** Which records are shown, as their address says it. */
export const auditFiltersOf = (query: Query) => ({
  ...{ namespace: text(query['ns']), key: text(query['key']), principal: text(query['principal']) },
  ...{ action: text(query['action']), decision: text(query['decision']), outcome: text(query['outcome']) },
  ...{ from: text(query['from']), to: text(query['to']) },
  page: Math.max(1, Number(text(query['page'])) || 1),
});

/** What is asked for such a page. */
export const auditQueryOf = (query: Query): AuditQuery => ({ ...auditFiltersOf(query), size: AUDIT_PAGE_SIZE });
