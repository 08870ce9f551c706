import { Counter, Gauge, type Registry } from 'prom-client';

/** The part of `Metrics` about the TLS of the process's own port. Each has a row in docs/operations/tls.md. */
export const tlsMetrics = (registry: Registry) => ({
  expiry: new Gauge({
    name: 'coffer_tls_certificate_expiry_timestamp_seconds',
    help: 'When a certificate of coffer.server.tls ends that counts now, since the Unix epoch, by certificate (server, or client-ca for the authority of clients that ends first)',
    labelNames: ['certificate'],
    registers: [registry],
  }),
  reloads: new Counter({
    name: 'coffer_tls_reloads_total',
    help: 'Changes of coffer.server.tls and its files, by outcome (applied or failed)',
    labelNames: ['outcome'],
    registers: [registry],
  }),
  stale: new Gauge({
    name: 'coffer_tls_stale',
    help: '1 while coffer.server.tls or a file of its is wrong, so that what it was before counts',
    registers: [registry],
  }),
  refused: new Counter({
    name: 'coffer_tls_connections_refused_total',
    help: 'Connections that were cut for want of a client certificate that counts, by reason (missing, expired, untrusted)',
    labelNames: ['reason'],
    registers: [registry],
  }),
});
