import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { namespace } from '../http/request/namespace.js';
import { pageQuery } from '../http/request/paging.js';

const text = (description: string) => z.string().optional().meta({ description });

const time = (description: string) =>
  z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-01-31T12:00:00Z' })
    .optional()
    .meta({ description });

const auditRecord = z
  .strictObject({
    time: z.string(),
    request: z.string().meta({ description: 'The id of the request; items of a batch share it.' }),
    principal: z.string().optional(),
    credential: z.string().optional(),
    address: z.string(),
    tenant: z.string().optional(),
    namespace: z.string().optional(),
    key: z.string().optional(),
    action: z.string(),
    decision: z.string().meta({ description: '`allow` or `deny`.' }),
    outcome: z.string(),
    foundIn: z.string().optional(),
    version: z.string().optional(),
    operation: z.string().optional(),
    target: z.string().optional(),
    detail: z.string().optional(),
    hmac: z.string().optional(),
    secrets: z
      .array(z.strictObject({ key: z.string(), version: z.string(), hmac: z.string().optional() }))
      .readonly()
      .optional()
      .meta({ description: 'What was given out together.' }),
    breakGlass: z.boolean().optional(),
    chain: z.string(),
    seq: z.int(),
  })
  .meta({ id: 'AuditRecord', description: 'Who did what; docs/operations/audit.md. Never a value.' });

const kestraRecord = z
  .strictObject({
    id: z.string(),
    type: z.string().meta({ description: '`CREATE`, `READ`, `UPDATE`, `DELETE`, `LIST` or `OTHER`.' }),
    detail: z.strictObject({ resource: z.string(), type: z.string(), id: z.string() }),
    userId: z.string(),
    date: z.string(),
    ipAddress: z.string(),
  })
  .meta({ id: 'AuditLog', description: 'A record as Kestra Enterprise Edition shows it.' });

const ERRORS = ['not-found', 'unavailable', 'overloaded', 'answer-too-large', 'audit-unavailable'] as const;
const DESCRIPTION =
  'The latest first, of the last 64 MiB of this gateway’s first sink that is a file: records of the namespaces that the ' +
  'caller administers.';

export const searchAudit = endpoint({
  id: 'searchAudit',
  face: 'coffer',
  method: 'GET',
  path: '/audit',
  access: { inTenant: ['admin'] },
  audit: { action: 'audit.search' },
  summary: 'Find records of who read and changed what',
  description: DESCRIPTION,
  query: pageQuery.extend({
    namespace: namespace.optional().meta({ description: 'The namespace, with its children.' }),
    key: text('The whole key; also of one of several in a record.'),
    principal: text('Such as `token:ci`.'),
    action: text('Such as `secret.read`.'),
    decision: z
      .enum(['allow', 'deny'], { error: 'must be allow or deny' })
      .optional()
      .meta({ description: '`allow` or `deny`.' }),
    outcome: text('Such as `ok`.'),
    hmac: text('As `POST …/audit/hash` answers it.'),
    from: time('Records of this time or later.'),
    to: time('Records before this time.'),
  }),
  answers: {
    200: {
      description: 'A page, and how many there are in all.',
      body: z.strictObject({ results: z.array(auditRecord), total: z.int() }).meta({ id: 'AuditRecordPage' }),
    },
  },
  errors: ERRORS,
});

export const searchAuditLogs = endpoint({
  id: 'searchAuditLogs',
  face: 'kestra',
  method: 'GET',
  path: '/auditlogs/search',
  access: { inTenant: ['admin'] },
  audit: { action: 'audit.search' },
  summary: 'Find records as Kestra Enterprise Edition shows them',
  description: DESCRIPTION,
  query: pageQuery.extend({
    sort: z
      .enum(['date:desc'], { error: 'must be date:desc' })
      .optional()
      .meta({ description: '`date:desc`, the only order that there is.' }),
  }),
  filters: true,
  answers: {
    200: {
      description: 'A page, and how many there are in all.',
      body: z.strictObject({ results: z.array(kestraRecord), total: z.int() }).meta({ id: 'AuditLogPage' }),
    },
  },
  errors: ERRORS,
});

export const hashForAudit = endpoint({
  id: 'hashForAudit',
  face: 'coffer',
  method: 'POST',
  path: '/audit/hash',
  access: { inTenant: ['admin'] },
  audit: { action: 'audit.hash', required: true },
  summary: 'The keyed hash of a value, by which records of equal values can be found',
  body: z.strictObject({ value: z.string().min(1, 'must not be empty') }).meta({ id: 'AuditHashInput' }),
  answers: {
    200: {
      description: 'The `hmac` of records under each key that there is, the active one first.',
      body: z.strictObject({ hmacs: z.array(z.string()) }).meta({ id: 'AuditHash' }),
    },
  },
  errors: ['audit-unavailable'],
});
