import { Authenticator } from '@coffer/access';
import { AuditTrail } from '@coffer/audit';
import { ElapsedTime } from '@coffer/coherence';
import { DEFAULT_BUDGETS } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { MessageSealer } from '@coffer/messaging';
import { Metrics, NO_TRACES } from '@coffer/observability';
import { ThrottledLogger } from '@coffer/service';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { GatewayParts } from './gateway-parts.js';
import * as tokens from './tokens.js';

/** How often the same is said of requests, which callers may send any number of times. */
const REPEATED_LOG_INTERVAL_MS = 60_000;

/** What the process has opened, each part under a token of its own. Its owner closes it, after the application. */
@Module({})
export class ProcessModule {
  static register(parts: GatewayParts): DynamicModule {
    const providers: Provider[] = [
      { provide: AuditTrail, useValue: parts.audit },
      { provide: Authenticator, useValue: parts.authenticator },
      { provide: ElapsedTime, useValue: parts.cache?.time ?? new ElapsedTime(parts.clock) },
      { provide: KeyRing, useValue: parts.ring },
      { provide: MessageSealer, useValue: parts.sealer },
      { provide: Metrics, useValue: parts.metrics },
      { provide: ThrottledLogger, useValue: new ThrottledLogger(parts.logger, parts.clock, REPEATED_LOG_INTERVAL_MS) },
      { provide: tokens.ACCESS_STATE, useValue: parts.access },
      { provide: tokens.CACHE_PARTS, useValue: parts.cache },
      { provide: tokens.CATALOGUE_SETTINGS, useValue: parts.catalogue },
      { provide: tokens.CLOCK, useValue: parts.clock },
      { provide: tokens.LIMITS, useValue: parts.limits ?? DEFAULT_BUDGETS },
      { provide: tokens.LOGGER, useValue: parts.logger },
      { provide: tokens.MESSAGING, useValue: parts.messaging },
      { provide: tokens.PROBE_SETTINGS, useValue: parts.probe },
      { provide: tokens.PUBLIC_URL, useValue: parts.publicUrl },
      { provide: tokens.STORE_HEALTH, useValue: parts.health },
      { provide: tokens.STORES, useValue: parts.registry },
      { provide: tokens.TIMING, useValue: parts.timing },
      { provide: tokens.TRACES, useValue: parts.traces ?? NO_TRACES },
      { provide: tokens.TRUSTED_PROXIES, useValue: parts.trustedProxies ?? [] },
      { provide: tokens.WEBHOOK_SETTINGS, useValue: parts.webhooks ?? [] },
      { provide: tokens.VAULT_API, useValue: parts.vault ?? { enabled: false, mount: 'secret', readOnly: false } },
      { provide: tokens.VERSION, useValue: parts.version },
    ];
    return { module: ProcessModule, global: true, providers, exports: providers };
  }
}
