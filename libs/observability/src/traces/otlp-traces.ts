import { randomUUID } from 'node:crypto';
import { CofferError } from '@coffer/secrets';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { Logger } from '../logger.js';
import { NO_TRACES, type SpanKind, type SpanOptions, type Traces, type TraceSpan } from './traces.js';

export interface TracesOptions {
  /** `service.name`, unless `OTEL_SERVICE_NAME` says otherwise. */
  readonly service: string;
  readonly version: string;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
}

const EXPORT_TIMEOUT_MS = 5_000;

const loadOpenTelemetry = async () => ({
  api: await import('@opentelemetry/api'),
  core: await import('@opentelemetry/core'),
  sdk: await import('@opentelemetry/sdk-trace'),
  resources: await import('@opentelemetry/resources'),
  otlp: await import('@opentelemetry/exporter-trace-otlp-http'),
});

type OpenTelemetry = Awaited<ReturnType<typeof loadOpenTelemetry>>;

/** The share of new traces that is collected: `OTEL_TRACES_SAMPLER_ARG`, from 0 to 1. Throws `configuration`. */
const shareOf = (text: string | undefined): number => {
  const share = text === undefined || text === '' ? 1 : Number(text);
  if (share >= 0 && share <= 1) return share;
  throw new CofferError('configuration', 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
};

/** Says when the collector stops taking spans and when it takes them again, and no more. */
const telling = ({ core, otlp }: OpenTelemetry, logger: TracesOptions['logger']) =>
  new (class extends otlp.OTLPTraceExporter {
    #lost = false;

    override export(...[spans, done]: Parameters<InstanceType<typeof otlp.OTLPTraceExporter>['export']>): void {
      super.export(spans, (result) => {
        const lost = result.code !== core.ExportResultCode.SUCCESS;
        if (lost && !this.#lost)
          logger.warn({ err: result.error }, 'traces are lost: the collector does not take them');
        if (!lost && this.#lost) logger.info({}, 'the collector takes traces again');
        this.#lost = lost;
        done(result);
      });
    }
  })();

const spanOf = ({ api }: OpenTelemetry, span: Span): TraceSpan => {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    add: (facts) => void span.setAttributes(facts as Attributes),
    end: (failure) => {
      if (failure !== undefined) {
        span.setAttribute('error.type', failure);
        span.setStatus({ code: api.SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
};

const starting = (telemetry: OpenTelemetry, tracer: Tracer) => {
  const { api, core } = telemetry;
  const kinds: Record<SpanKind, number> = {
    server: api.SpanKind.SERVER,
    producer: api.SpanKind.PRODUCER,
    consumer: api.SpanKind.CONSUMER,
    client: api.SpanKind.CLIENT,
  };
  return (name: string, { kind, parent, facts }: SpanOptions): TraceSpan => {
    const cause = parent === undefined ? null : core.parseTraceParent(parent);
    const context =
      cause === null ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, { ...cause, isRemote: true });
    const attributes = (facts ?? {}) as Attributes;
    return spanOf(telemetry, tracer.startSpan(name, { kind: kinds[kind], attributes }, context));
  };
};

/**
 * Spans by OTLP over HTTP, as OpenTelemetry's own variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS`,
 * `OTEL_RESOURCE_ATTRIBUTES`). Without an endpoint nothing of OpenTelemetry is loaded. A caller's decision to collect
 * its trace, or not, is kept. The only facts of the process that are sent are the service's name, version and a random instance id.
 */
export const openTraces = async ({ service, version, logger }: TracesOptions): Promise<Traces> => {
  const { env } = process;
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (endpoint === undefined || endpoint === '' || env['OTEL_SDK_DISABLED'] === 'true') return NO_TRACES;
  const root = shareOf(env['OTEL_TRACES_SAMPLER_ARG']);
  const telemetry = await loadOpenTelemetry();
  const { resources, sdk } = telemetry;
  const own = { 'service.name': service, 'service.version': version, 'service.instance.id': randomUUID() };
  const provider = new sdk.TracerProvider({
    resource: resources
      .resourceFromAttributes(own)
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(root) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter: telling(telemetry, logger), exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
    ],
  });
  return {
    active: true,
    span: starting(telemetry, provider.getTracer('coffer', version)),
    close: () => provider.shutdown().catch(() => undefined),
  };
};
