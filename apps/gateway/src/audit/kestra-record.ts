import type { AuditRow } from '@coffer/audit';

const TYPES: Readonly<Record<string, string>> = {
  read: 'READ',
  list: 'LIST',
  search: 'READ',
  write: 'CREATE',
  update: 'UPDATE',
  replay: 'UPDATE',
  drop: 'UPDATE',
  delete: 'DELETE',
  discard: 'DELETE',
};

/** What Kestra calls that which an action is about. */
const resourceOf = (resource: string): string =>
  resource === 'cache' ? 'SECRET' : resource.toUpperCase().replaceAll('-', '_');

/** A record in the shape of Kestra Enterprise Edition; docs/operations/audit.md has the table. */
export const kestraRecordOf = (row: AuditRow) => {
  const [resource = '', verb = ''] = row.action.split('.');
  const place = [row.namespace, row.key ?? row.target].filter((part) => part !== undefined);
  const type = TYPES[verb] ?? 'OTHER';
  return {
    id: `${row.chain}-${row.seq}`,
    type,
    detail: { resource: resourceOf(resource), type: row.outcome, id: place.join('/') },
    userId: row.principal ?? '',
    date: row.time,
    ipAddress: row.address,
  };
};
