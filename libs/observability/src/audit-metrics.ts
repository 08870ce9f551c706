import { Counter, Gauge, type Registry } from 'prom-client';

/** The part of `Metrics` about the audit. Each has a row in docs/operations/audit.md. */
export const auditMetrics = (registry: Registry) => ({
  records: new Counter({
    name: 'coffer_audit_records_total',
    help: 'Records that a sink of the audit took, by sink',
    labelNames: ['sink'],
    registers: [registry],
  }),
  lost: new Counter({
    name: 'coffer_audit_records_lost_total',
    help: 'Records for which the queue of a sink had no room, by sink; another sink may have taken them',
    labelNames: ['sink'],
    registers: [registry],
  }),
  refused: new Counter({
    name: 'coffer_audit_records_refused_total',
    help: 'Records that no sink took in time: what they were about was not answered',
    registers: [registry],
  }),
  failures: new Counter({
    name: 'coffer_audit_failures_total',
    help: 'Failed attempts to write records, by sink',
    labelNames: ['sink'],
    registers: [registry],
  }),
  failing: new Gauge({
    name: 'coffer_audit_sink_failing',
    help: '1 while a sink of the audit does not take records, by sink',
    labelNames: ['sink'],
    registers: [registry],
  }),
});
