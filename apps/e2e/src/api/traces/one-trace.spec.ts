import 'reflect-metadata';
import type { SealedMutation } from '@coffer/messaging';
import { openInstance, type Instance } from '../../harness/instance.js';
import { LeakScanner } from '../../leak-scan/index.js';
import { startCollector, type Collector, type ReceivedSpan } from './collector.fixture.js';

const VALUE = 'marker-value-4711';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

const put = ({ api }: Instance, key: string, headers: Record<string, string> = {}) =>
  api.put('company.team', { key, value: VALUE, description: VALUE }, headers);

describe('the traces of a write', () => {
  let collector: Collector;
  let coffer: Instance;
  /** What went into the queue. */
  let published: SealedMutation[];
  beforeEach(async () => {
    collector = await startCollector();
    process.env[ENDPOINT] = collector.endpoint;
    published = [];
  });
  const open = async (): Promise<void> => {
    coffer = await openInstance();
    const { producer } = coffer.standalone.messaging;
    const publish = producer.publish.bind(producer);
    producer.publish = (mutation, signal) => (published.push(mutation), publish(mutation, signal));
  };
  afterEach(async () => {
    await coffer.close();
    delete process.env[ENDPOINT];
    await collector.close();
  });

  /** The names of a span and of its ancestors, from the first on. */
  const lineage = (span: ReceivedSpan): string[] => {
    const parent = collector.spans().find(({ spanId }) => spanId === span.parentSpanId);
    return [...(parent === undefined ? [] : lineage(parent)), `${span.service} ${span.name}`];
  };

  it('lead from the request through the queue to the store and the commit, in one trace', async () => {
    await open();
    expect((await put(coffer, 'KEY')).status).toBe(200);
    await coffer.close();
    const spans = collector.spans();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const above = [
      'coffer-standalone PUT /api/v1/:tenant/namespaces/:namespace/secrets',
      'coffer-standalone send coffer.secret.mutations',
      'coffer-standalone process coffer.secret.mutations',
    ];
    const last = ['append PREPARE', 'store put', 'append COMMIT'];
    expect(spans.filter(({ name }) => last.includes(name)).map(lineage)).toEqual(
      last.map((name) => [...above, `coffer-standalone ${name}`]),
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
    await open();
    await put(coffer, 'CONTROL');
    await coffer.api.value('company.team', 'CONTROL');
    await coffer.api.put('company.team', { key: 'x', value: { not: VALUE } });
    await coffer.api.call('GET', `/coffer/v1/main/namespaces/company.team/values/absent?q=${VALUE}`);
    await coffer.close();
    const everything = collector.received.join('\n');
    const markers = [
      { name: 'value', text: VALUE },
      { name: 'token', text: coffer.token },
    ];
    expect(new LeakScanner(markers).scanText('collector', everything)).toEqual([]);
    expect(everything).toContain('CONTROL');
  });

  it('continue the caller’s trace, and keep its decision not to be collected', async () => {
    await open();
    await put(coffer, 'COLLECTED', { traceparent: `00-${TRACE}-${CALLER}-01` });
    await put(coffer, 'LEFT_OUT', { traceparent: `00-${TRACE.replace('0a', '0b')}-${CALLER}-00` });
    await put(coffer, 'NEW', { traceparent: 'nonsense' });
    await coffer.close();
    const requests = collector.spans().filter(({ name }) => name.startsWith('PUT'));
    expect(requests.map(({ traceId }) => traceId === TRACE)).toEqual([true, false]);
    expect(requests[0]?.parentSpanId).toBe(CALLER);
    expect(JSON.stringify(collector.spans())).not.toContain('LEFT_OUT');
    const [collected, leftOut] = published.map(({ traceparent }) => traceparent ?? '');
    expect(collected).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(leftOut).toMatch(new RegExp(`^00-${TRACE.replace('0a', '0b')}-[0-9a-f]{16}-00$`));
  });

  it('are not made without a collector; a trace of the caller’s still reaches the queue as it came', async () => {
    delete process.env[ENDPOINT];
    await open();
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    await put(coffer, 'A', { traceparent });
    await put(coffer, 'B');
    await coffer.close();
    expect(collector.received).toEqual([]);
    expect(published.map(({ traceparent: queued }) => queued)).toEqual([traceparent, undefined]);
  });
});
