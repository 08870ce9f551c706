import { Counter, Gauge, type Registry } from 'prom-client';

/** The part of `Metrics` about webhooks. Each has a row in docs/guides/webhooks.md. */
export const webhookMetrics = (registry: Registry) => ({
  attempts: new Counter({
    name: 'coffer_webhook_attempts_total',
    help: 'Attempts to deliver an event, by webhook and outcome (delivered or failed)',
    labelNames: ['webhook', 'outcome'],
    registers: [registry],
  }),
  undelivered: new Counter({
    name: 'coffer_webhook_undelivered_total',
    help: 'Events that became dead letters because the receiver did not take them in time, by webhook',
    labelNames: ['webhook'],
    registers: [registry],
  }),
  missed: new Counter({
    name: 'coffer_webhook_missed_total',
    help: 'How often events were gone before they were read, so that the webhook was told io.coffer.resync, by webhook',
    labelNames: ['webhook'],
    registers: [registry],
  }),
  pending: new Gauge({
    name: 'coffer_webhook_pending',
    help: 'Events that this gateway has in hand for a webhook',
    labelNames: ['webhook'],
    registers: [registry],
  }),
  lag: new Gauge({
    name: 'coffer_webhook_lag_seconds',
    help: 'How long the oldest event that this gateway has in hand for a webhook has waited',
    labelNames: ['webhook'],
    registers: [registry],
  }),
  settingsDiffer: new Gauge({
    name: 'coffer_webhook_settings_differ',
    help: '1 while gateways have different settings of a webhook, as the one says that compares them',
    labelNames: ['webhook'],
    registers: [registry],
  }),
  failing: new Gauge({
    name: 'coffer_webhook_failing',
    help: '1 while the latest attempt for a webhook has failed',
    labelNames: ['webhook'],
    registers: [registry],
  }),
});
