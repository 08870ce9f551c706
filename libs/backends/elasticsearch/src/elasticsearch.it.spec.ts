import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAgainstModel, leaksOf } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import {
  CofferError,
  MAX_GENERATION,
  MAX_OFFSET,
  SecretPath,
  SecretValue,
  fenceOf,
  type ErrorCode,
  type Fence,
} from '@coffer/secrets';
import type { ClusterSettings } from './cluster-settings.js';
import { identityOf } from './layout.js';
import { elasticsearchHarness, type ElasticsearchHarness } from './testing/index.js';
import type { SecuredProxy } from './testing/secured-proxy.js';

const CANARY = 'c0ffer-canary:"välue"/\\<>&%';
const call = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds) });
const path = SecretPath.of('main', 'company', 'k');
const at = (offset: number): Fence => fenceOf(1, BigInt(offset));
const errorOf = async (calling: Promise<unknown>): Promise<CofferError> => {
  const error: unknown = await calling.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (CofferError.is(error)) return error;
  throw new Error(`it ${error === undefined ? 'did not fail' : 'failed by no error of ours'}`);
};
const codeOf = (calling: Promise<unknown>): Promise<ErrorCode> => errorOf(calling).then((error) => error.code);

describe('Elasticsearch', () => {
  let harness: ElasticsearchHarness;
  let prefix: string;
  let index: string;
  let document: string;
  const opened: Backend[] = [];
  beforeAll(() => {
    harness = elasticsearchHarness();
  });
  beforeEach(() => {
    prefix = harness.indexPrefix();
    index = `/${prefix}secrets`;
    document = `${index}/_doc/${identityOf(path)}`;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
  });
  afterAll(() => harness.close());

  const open = async (changes: Partial<ClusterSettings> = {}): Promise<Backend> => {
    const backend = await harness.openWith(changes, prefix);
    opened.push(backend);
    return backend;
  };
  const behind = async (): Promise<{ backend: Backend; proxy: SecuredProxy }> => {
    const proxy = await harness.proxy();
    return { backend: await open({ hosts: [proxy.url] }), proxy };
  };
  const write = (backend: Backend, fence: Fence, text = CANARY) =>
    backend.apply({ kind: 'put', path, value: new SecretValue(text), metadata: { tags: [] } }, { fence, ...call() });
  const textOf = async (backend: Backend): Promise<string | undefined> =>
    (await backend.read(path, call()))?.value.reveal();

  it('does as the model does in 25 random command sequences', async () => {
    await checkAgainstModel(await open(), { runs: 25 });
  }, 240_000);

  it('lets eight processes start at once without an index', async () => {
    const backends = await Promise.all(Array.from({ length: 8 }, () => open()));
    const ready = async (backend: Backend): Promise<void> => {
      // Whoever did not make the index may find it before its shard has started.
      while (
        await backend.check(call()).then(
          () => false,
          (error: unknown) => CofferError.is(error, 'unavailable'),
        )
      );
      await backend.check(call());
    };
    await Promise.all(backends.map(ready));
    await write(backends[0]!, at(1));
    expect(await textOf(backends[7]!)).toBe(CANARY);
  });

  it('keeps metadata in clear, the value sealed, and the fence to its last bit', async () => {
    const backend = await open();
    const fence = fenceOf(MAX_GENERATION, MAX_OFFSET);
    const metadata = { description: 'seen', tags: [{ key: 'team', value: 'a' }] };
    await backend.apply({ kind: 'put', path, value: new SecretValue(CANARY), metadata }, { fence, ...call() });
    const { body } = await harness.ask('GET', `${document}`);
    expect(body).toMatchObject({
      _id: expect.stringMatching(/^[\w-]{43}$/),
      _source: {
        tenant: 'main',
        namespace: 'company',
        key: 'k',
        fence: `${fence}`,
        revision: 1,
        deleted: false,
        ...metadata,
      },
    });
    expect(leaksOf(body, [CANARY])).toEqual([]);
    expect(
      await backend.apply(
        { kind: 'put', path, value: new SecretValue('x'), metadata: { tags: [] } },
        { fence: (fence - 1n) as Fence, ...call() },
      ),
    ).toEqual({
      outcome: 'superseded',
      storedFence: fence,
    });
  });

  it('has a strict mapping', async () => {
    await write(await open(), at(1));
    const { status, body } = await harness.ask('PUT', `${index}/_doc/other`, { surprise: 1 });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('strict_dynamic_mapping_exception')]);
  });

  it('keeps a tombstone, which no search shows', async () => {
    const backend = await open();
    await write(backend, at(1));
    await backend.apply({ kind: 'delete', path }, { fence: at(2), ...call() });
    const { body } = await harness.ask('GET', document);
    const { _source: source } = body as { _source: Record<string, unknown> };
    expect(source).toMatchObject({ deleted: true, fence: `${at(2)}`, revision: 2, tags: [] });
    expect(source).not.toHaveProperty('value');
  });

  it('opens a value in its own place alone', async () => {
    const backend = await open();
    const other = SecretPath.of('main', 'company', 'other');
    await write(backend, at(1));
    await backend.apply(
      { kind: 'put', path: other, value: new SecretValue('mine'), metadata: { tags: [] } },
      { fence: at(1), ...call() },
    );
    const { body } = await harness.ask('GET', document);
    const { value } = (body as { _source: { value: string } })._source;
    await harness.ask('POST', `${index}/_update/${identityOf(other)}`, { doc: { value } });
    expect(await codeOf(backend.read(other, call()))).toBe('corrupt');
  });

  describe('a change', () => {
    /** Runs `between` once, after the change has read and before it writes. */
    const interrupt = (proxy: SecuredProxy, between: () => Promise<unknown>): void => {
      let done = false;
      proxy.interfere = async ({ method }) => {
        if (method === 'PUT' && !done) {
          done = true;
          await between();
        }
        return undefined;
      };
    };
    const annotate = (backend: Backend, fence: Fence) =>
      backend.apply({ kind: 'patch', path, metadata: { description: 'new' } }, { fence, ...call() });

    it('of metadata loses no value that arrives while it is under way', async () => {
      const [direct, { backend, proxy }] = [await open(), await behind()];
      await write(direct, at(1), 'one');
      interrupt(proxy, () => write(direct, at(3), 'three'));
      expect(await annotate(backend, at(5))).toMatchObject({ outcome: 'applied', metadata: { description: 'new' } });
      expect(await backend.read(path, call())).toMatchObject({ fence: at(5), metadata: { description: 'new' } });
      expect(await textOf(direct)).toBe('three');
    });

    it('of metadata raises nothing from the dead', async () => {
      const [direct, { backend, proxy }] = [await open(), await behind()];
      await write(direct, at(1), 'one');
      interrupt(proxy, () => direct.apply({ kind: 'delete', path }, { fence: at(3), ...call() }));
      expect(await codeOf(annotate(backend, at(5)))).toBe('not-found');
      expect(await textOf(direct)).toBeUndefined();
    });

    it('yields to a newer write', async () => {
      const [direct, { backend, proxy }] = [await open(), await behind()];
      await write(direct, at(1), 'one');
      interrupt(proxy, () => write(direct, at(9), 'nine'));
      expect(await annotate(backend, at(5))).toEqual({ outcome: 'superseded', storedFence: at(9) });
      expect(await textOf(direct)).toBe('nine');
    });

    it('counts after what arrives while it is under way', async () => {
      const [direct, { backend, proxy }] = [await open(), await behind()];
      await write(direct, at(1), 'one');
      interrupt(proxy, () => write(direct, at(3), 'three'));
      expect(await write(backend, at(5), 'five')).toMatchObject({ outcome: 'applied', revision: 3 });
      expect(await backend.read(path, call())).toMatchObject({ fence: at(5), revision: 3 });
    });

    it('counts once when it lands without an answer and is repeated', async () => {
      const [direct, { backend, proxy }] = [await open(), await behind()];
      await write(direct, at(1), 'one');
      interrupt(proxy, () => write(direct, at(5), 'five'));
      expect(await write(backend, at(5), 'five')).toMatchObject({ outcome: 'applied', revision: 2 });
    });
  });

  it('writes on over documents that were changed or deleted by hand', async () => {
    const backend = await open();
    await write(backend, at(1), 'one');
    for (const doc of [{ description: 'a' }, { description: 'b' }, { description: 'c' }]) {
      await harness.ask('POST', `${index}/_update/${identityOf(path)}`, { doc });
    }
    expect((await write(backend, at(2), 'two')).outcome).toBe('applied');
    expect(await textOf(backend)).toBe('two');
    await harness.ask('DELETE', document);
    expect(await textOf(backend)).toBeUndefined();
    expect((await write(backend, at(3), 'three')).outcome).toBe('applied');
    expect(await textOf(backend)).toBe('three');
  });

  it('takes no 404 for an absence but that of the document itself', async () => {
    const { backend, proxy } = await behind();
    await write(backend, at(1));
    for (const body of [{}, { error: { type: 'index_not_found_exception' } }, { message: 'no Route matched' }]) {
      proxy.interfere = () => ({ status: 404, body });
      expect(await codeOf(backend.read(path, call()))).toBe('unavailable');
    }
  });

  it('makes no index anew when a write meets one that was deleted', async () => {
    const backend = await open();
    await write(backend, at(1));
    await harness.ask('DELETE', index);
    expect(await codeOf(write(backend, at(2)))).toBe('unavailable');
    expect(await codeOf(backend.read(path, call()))).toBe('unavailable');
    expect((await harness.ask('GET', index)).status).toBe(404);
  });

  it.each([
    ['an index of somebody else', { mappings: {} }, /not Coffer's/],
    ['an index of a newer version', { mappings: { _meta: { coffer: { layout: 99 } } } }, /newer version/],
    ['an index without its alias', { mappings: { _meta: { coffer: { layout: 1 } } } }, /lacks its alias/],
  ])('refuses %s', async (_what, definition, reason) => {
    await harness.ask('PUT', index, definition);
    const error = await errorOf((await open()).check(call()));
    expect([error.code, error.message]).toEqual(['configuration', expect.stringMatching(reason)]);
  });

  it('tells blocks of an index apart', async () => {
    const backend = await open();
    await write(backend, at(1));
    const block = (name: string, on: boolean | null) =>
      harness.ask('PUT', `${index}/_settings`, { [`index.blocks.${name}`]: on });
    await block('write', true);
    expect(await codeOf(write(backend, at(2)))).toBe('read-only');
    expect(await textOf(backend)).toBe(CANARY);
    await block('write', null);
    // What Elasticsearch sets above the flood-stage watermark of the disk, and takes away below the high one.
    await block('read_only_allow_delete', true);
    expect(await codeOf(write(backend, at(2)))).toBe('unavailable');
    await block('read_only_allow_delete', null);
    expect((await write(backend, at(2))).outcome).toBe('applied');
  });

  it.each<[number, string, ErrorCode]>([
    [400, 'document_parsing_exception', 'invalid'],
    [400, 'index_closed_exception', 'unavailable'],
    [401, 'security_exception', 'unauthenticated'],
    [403, 'security_exception', 'denied'],
    [403, 'cluster_block_exception', 'read-only'],
    [404, 'index_not_found_exception', 'unavailable'],
    [404, 'search_context_missing_exception', 'unavailable'],
    [408, 'x', 'timeout'],
    [413, 'content_too_long', 'too-large'],
    [429, 'es_rejected_execution_exception', 'throttled'],
    [429, 'circuit_breaking_exception', 'throttled'],
    [429, 'cluster_block_exception', 'unavailable'],
    [500, 'exception', 'unavailable'],
    [502, 'x', 'unavailable'],
    [503, 'cluster_block_exception', 'unavailable'],
    [503, 'no_shard_available_action_exception', 'unavailable'],
    [503, 'process_cluster_event_timeout_exception', 'timeout'],
    [504, 'x', 'timeout'],
  ])('%i %s is %s, asked once, and shows nothing', async (status, type, code) => {
    const { backend, proxy } = await behind();
    await backend.check(call());
    let asked = 0;
    proxy.interfere = ({ headers }, body) => {
      asked += 1;
      const reason = `${headers.authorization} ${body.toString('utf8')} ${CANARY}`;
      return { status, body: { error: { type, reason, root_cause: [{ type, reason }] }, status } };
    };
    const errors = [await errorOf(write(backend, at(1))), await errorOf(backend.read(path, call()))];
    expect(errors.map((error) => error.code)).toEqual([code, code]);
    expect(asked).toBe(2);
    expect(errors.flatMap((error) => leaksOf(error, [CANARY, ...harness.credentialCanaries]))).toEqual([]);
  });

  it('does not take a part of a list for all of it', async () => {
    const { backend, proxy } = await behind();
    await write(backend, at(1));
    const list = async () => {
      for await (const _page of backend.list({ tenant: 'main' }, call()));
    };
    const empty = { hits: { hits: [] }, timed_out: false, _shards: { total: 1, successful: 0, failed: 1 } };
    for (const body of [empty, { ...empty, timed_out: true, _shards: { failed: 0 } }]) {
      proxy.interfere = ({ url }) => (url?.startsWith('/_search') ? { status: 200, body } : undefined);
      expect(await codeOf(list())).toBe('unavailable');
    }
  });

  it('gives back what a listing holds, also when it is left', async () => {
    const backend = await open();
    for (let n = 1; n <= 3; n += 1) await write(backend, at(n));
    for (let round = 0; round < 5; round += 1) {
      for await (const _page of backend.list({ tenant: 'main' }, call())) break;
    }
    const contexts = async () => {
      const { body } = await harness.ask('GET', `${index}/_stats/search`);
      return (body as { _all: { total: { search: { open_contexts: number } } } })._all.total.search.open_contexts;
    };
    const deadline = call().signal;
    while ((await contexts()) > 0) deadline.throwIfAborted();
  });

  it('goes on with the other hosts when one is gone', async () => {
    const socket = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => socket.once('listening', resolve));
    const { port } = socket.address() as { port: number };
    await new Promise((resolve) => socket.close(resolve));
    const { hosts } = await harness.settings();
    const backend = await open({ hosts: [`http://127.0.0.1:${port}`, ...hosts] });
    const outcomes = [];
    for (let n = 0; n < 10; n += 1)
      outcomes.push(
        await backend.check(call()).then(
          () => 'ok',
          () => 'failed',
        ),
      );
    expect(outcomes.slice(2)).toEqual(Array(8).fill('ok'));
  });

  it('logs in by API key, and not without credentials or with others', async () => {
    const { apiKey } = harness.accounts;
    const keyed = await open({ auth: { kind: 'api-key', apiKey: new SecretValue(apiKey) } });
    await write(keyed, at(1));
    expect(await textOf(keyed)).toBe(CANARY);
    const wrong = new SecretValue(Buffer.from('id:wrong').toString('base64'));
    expect(await codeOf((await open({ auth: { kind: 'api-key', apiKey: wrong } })).check(call()))).toBe(
      'unauthenticated',
    );
    const { hosts } = await harness.settings();
    const anonymous = await harness.openWith({ hosts }, prefix);
    opened.push(anonymous);
    await anonymous.check(call());
  });

  it('checks certificates, by its own authority, unless told not to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-es-tls-'));
    try {
      const names = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert'), '-subj', '/CN=localhost'];
      const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      execFileSync('openssl', [...kind, ...names, '-days', '2', '-addext', 'subjectAltName=IP:127.0.0.1'], {
        stdio: 'ignore',
      });
      const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8')) as [string, string];
      const proxy = await harness.proxy({ key, cert });
      const hosts = [proxy.url];
      const trusting = await open({ hosts, ca: cert });
      await write(trusting, at(1));
      expect(await textOf(trusting)).toBe(CANARY);
      expect(await codeOf((await open({ hosts })).check(call()))).toBe('unavailable');
      await (await open({ hosts, trustAllSsl: true })).check(call());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(['Upper_', '-a', '_a', '+a', 'a b', 'a/b', 'a*', 'a,b', 'a#', 'a:b', 'x'.repeat(250)])(
    'refuses the index prefix %j',
    async (wrong) => {
      expect(await codeOf(harness.openWith({}, wrong))).toBe('configuration');
    },
  );
});
