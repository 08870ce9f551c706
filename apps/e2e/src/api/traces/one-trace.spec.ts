import 'reflect-metadata';
import { Authenticator, createAccessToken, hashAccessToken, PERMISSIONS } from '@coffer/access';
import { CoordinatorModule } from '@coffer/cache-invalidator';
import { DEFAULT_TIMING } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { createHttpAdapter, GatewayModule, HTTP_OPTIONS } from '@coffer/gateway';
import { memoryMessaging, MessageSealer, type MutationProducer, type SealedMutation } from '@coffer/messaging';
import { MessagingStrategy } from '@coffer/messaging/nest';
import { createLogger, Metrics, openTraces } from '@coffer/observability';
import { WorkerModule } from '@coffer/secret-worker';
import { SecretValue, systemClock } from '@coffer/secrets';
import { openStores } from '@coffer/service';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { join } from 'node:path';
import { api, removeFolder, scratchFolder, type Api } from '../../harness/index.js';
import { LeakScanner } from '../../leak-scan/index.js';
import { startCollector, type Collector, type ReceivedSpan } from './collector.fixture.js';

const VALUE = 'marker-value-4711';
const TOKEN_SECRET = new SecretValue(Buffer.alloc(32, 5).toString('base64'));
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** A gateway, a worker and a coordinator over one queue and log in memory, with traces of their own. */
class Roles {
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly api: Api,
    readonly token: string,
    /** What went into the queue. */
    readonly published: readonly SealedMutation[],
  ) {}

  static async start(): Promise<Roles> {
    const logger = createLogger('silent');
    const folder = scratchFolder();
    const ring = await KeyRing.derive([{ id: 'k', secret: TOKEN_SECRET, active: true }]);
    const metrics = new Metrics();
    const [clock, timing, sealer] = [systemClock, DEFAULT_TIMING, new MessageSealer(ring)];
    const embedded = { file: join(folder, 'coffer.db'), ring };
    const configuration = { readOnly: false, managers: [] };
    const { registry, health } = await openStores({ configuration, metrics, timing, logger }, embedded);
    const memory = memoryMessaging({ partitions: 2, shards: 1 }, timing.windowMs, clock);
    const token = createAccessToken();
    const grants = [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }];
    const credentials = { tokens: [{ id: 't', hash: hashAccessToken(ring, token), grants }], users: [] };
    const authenticator = new Authenticator(ring, credentials);
    const open = (name: string) => openTraces({ service: `coffer-${name}`, version: '1', logger });
    const [gatewayTraces, workerTraces] = [await open('gateway'), await open('worker')];

    const published: SealedMutation[] = [];
    const { producer } = memory;
    const recording: MutationProducer = {
      partitions: producer.partitions,
      publish: (mutation) => (published.push(mutation), producer.publish(mutation)),
      unfinished: (path) => producer.unfinished(path),
      backlog: () => producer.backlog(),
      ready: () => producer.ready(),
      close: () => producer.close(),
    };
    const messaging = { ...memory, producer: recording };
    const common = { messaging, timing, clock, logger, metrics };
    const gateway = await NestFactory.create<NestFastifyApplication>(
      GatewayModule.register({
        ...common,
        ...{ registry, health, ring, sealer, authenticator, traces: gatewayTraces, version: '1' },
        catalogue: { refresh: 300_000 },
      }),
      createHttpAdapter(logger),
      { ...HTTP_OPTIONS, logger: false },
    );
    gateway.connectMicroservice({ strategy: new MessagingStrategy({ messaging, consume: false, coordinate: false }) });
    await gateway.startAllMicroservices();
    const worker = await NestFactory.createMicroservice(
      WorkerModule.register({ ...common, stores: registry, sealer, generation: 1, traces: workerTraces }),
      { strategy: new MessagingStrategy({ messaging, consume: true, coordinate: false }), logger: false },
    );
    const coordinator = await NestFactory.createMicroservice(CoordinatorModule.register({ ...common, alone: true }), {
      strategy: new MessagingStrategy({ messaging, consume: false, coordinate: true }),
      logger: false,
    });
    await coordinator.listen();
    await worker.listen();
    health.start();
    await health.allUp();
    await gateway.listen(0, '127.0.0.1');
    const roles = new Roles(api(await gateway.getUrl(), token.reveal()), token.reveal(), published);
    roles.#ends.push(
      () => gateway.close(),
      () => worker.close(),
      () => coordinator.close(),
      async () => health.stop(),
      () => registry.close(),
      async () => removeFolder(folder),
      () => gatewayTraces.close(),
      () => workerTraces.close(),
    );
    return roles;
  }

  /** Ends the roles, and with them what is on its way to the collector. */
  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}

const put = (roles: Roles, key: string, headers: Record<string, string> = {}) =>
  roles.api.put('company.team', { key, value: VALUE, description: VALUE }, headers);

describe('the traces of a write', () => {
  let collector: Collector;
  let roles: Roles;
  beforeEach(async () => {
    collector = await startCollector();
    process.env[ENDPOINT] = collector.endpoint;
  });
  afterEach(async () => {
    await roles.stop();
    delete process.env[ENDPOINT];
    await collector.close();
  });

  /** The names of a span and of its ancestors, from the first on. */
  const lineage = (span: ReceivedSpan): string[] => {
    const parent = collector.spans().find(({ spanId }) => spanId === span.parentSpanId);
    return [...(parent === undefined ? [] : lineage(parent)), `${span.service} ${span.name}`];
  };

  it('lead from the request through the queue to the store and the commit, in one trace', async () => {
    roles = await Roles.start();
    expect((await put(roles, 'KEY')).status).toBe(200);
    await roles.stop();
    const spans = collector.spans();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const above = [
      'coffer-gateway PUT /api/v1/:tenant/namespaces/:namespace/secrets',
      'coffer-gateway send coffer.secret.mutations',
      'coffer-worker process coffer.secret.mutations',
    ];
    const last = ['append PREPARE', 'store put', 'append COMMIT'];
    expect(spans.filter(({ name }) => last.includes(name)).map(lineage)).toEqual(
      last.map((name) => [...above, `coffer-worker ${name}`]),
    );
    const process = spans.find(({ name }) => name.startsWith('process'));
    expect(process?.attributes).toMatchObject({
      'coffer.tenant': 'main',
      'coffer.namespace': 'company.team',
      'coffer.key': 'KEY',
      'coffer.outcome': 'applied',
    });
  });

  it('hold neither a value nor a token in anything that was sent', async () => {
    roles = await Roles.start();
    await put(roles, 'CONTROL');
    await roles.api.value('company.team', 'CONTROL');
    await roles.api.put('company.team', { key: 'x', value: { not: VALUE } });
    await roles.api.call('GET', `/coffer/v1/main/namespaces/company.team/values/absent?q=${VALUE}`);
    await roles.stop();
    const everything = collector.received.join('\n');
    const markers = [
      { name: 'value', text: VALUE },
      { name: 'token', text: roles.token },
    ];
    expect(new LeakScanner(markers).scanText('collector', everything)).toEqual([]);
    expect(everything).toContain('CONTROL');
  });

  it('continue the caller’s trace, and keep its decision not to be collected', async () => {
    roles = await Roles.start();
    await put(roles, 'COLLECTED', { traceparent: `00-${TRACE}-${CALLER}-01` });
    await put(roles, 'LEFT_OUT', { traceparent: `00-${TRACE.replace('0a', '0b')}-${CALLER}-00` });
    await put(roles, 'NEW', { traceparent: 'nonsense' });
    await roles.stop();
    const requests = collector.spans().filter(({ name }) => name.startsWith('PUT'));
    expect(requests.map(({ traceId }) => traceId === TRACE)).toEqual([true, false]);
    expect(requests[0]?.parentSpanId).toBe(CALLER);
    expect(JSON.stringify(collector.spans())).not.toContain('LEFT_OUT');
    const [collected, leftOut] = roles.published.map(({ traceparent }) => traceparent ?? '');
    expect(collected).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(leftOut).toMatch(new RegExp(`^00-${TRACE.replace('0a', '0b')}-[0-9a-f]{16}-00$`));
  });

  it('are not made without a collector; a trace of the caller’s still reaches the queue as it came', async () => {
    delete process.env[ENDPOINT];
    roles = await Roles.start();
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    await put(roles, 'A', { traceparent });
    await put(roles, 'B');
    await roles.stop();
    expect(collector.received).toEqual([]);
    expect(roles.published.map((record) => record.traceparent)).toEqual([traceparent, undefined]);
  });
});
