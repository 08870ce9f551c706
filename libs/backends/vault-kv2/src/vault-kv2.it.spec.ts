import { randomUUID } from 'node:crypto';
import { checkAgainstModel, leaksOf } from '@coffer/backend-conformance';
import type { Backend, StoredSecret } from '@coffer/backend-contract';
import { CofferError, fenceOf, isJsonObject, SecretPath, SecretValue, type ErrorCode } from '@coffer/secrets';
import { at } from './json.js';
import { openVaultBackend } from './index.js';
import { vaultHarness } from './testing/index.js';
import { freshName, type VaultServer } from './testing/vault-server.js';
import { RecordingProxy } from './testing/recording-proxy.js';

const harness = vaultHarness();
const { mount } = harness;
const call = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds) });
const codeOf = async (calling: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
  calling.then(
    () => 'ok' as const,
    (error: unknown) => {
      if (CofferError.is(error)) return error.code;
      throw error;
    },
  );

let server: VaultServer;
let prefix: string;
let backend: Backend;
const opened: Backend[] = [];
const proxies: RecordingProxy[] = [];
const watch = async (): Promise<RecordingProxy> => {
  const watched = await RecordingProxy.before(server.address);
  proxies.push(watched);
  return watched;
};
beforeAll(async () => {
  server = await harness.server();
}, 60_000);
afterAll(() => harness.close());
beforeEach(async () => {
  prefix = `p${randomUUID()}`;
  backend = await open(prefix);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await Promise.all(proxies.splice(0).map((each) => each.close()));
});
const open = async (at = prefix): Promise<Backend> => {
  const made = await harness.openWith({}, at);
  opened.push(made);
  return made;
};

const path = (key = 'k', namespace = 'company.team', tenant = 'main') => SecretPath.of(tenant, namespace, key);
const write = (where: SecretPath, text: string, offset: bigint, through = backend) =>
  through.apply(
    { kind: 'put', path: where, value: new SecretValue(text), metadata: { tags: [] } },
    { fence: fenceOf(1, offset), ...call() },
  );
const read = (where = path(), through = backend): Promise<StoredSecret | undefined> => through.read(where, call());
const textAt = async (where = path(), through = backend): Promise<string | undefined> =>
  (await read(where, through))?.value.reveal();
const keys = async (namespace?: string, tenant = 'main', through = backend): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of through.list(namespace === undefined ? { tenant } : { tenant, namespace }, call())) {
    found.push(...page.map((entry) => `${entry.path.namespace}/${entry.path.key}`));
  }
  return found.sort();
};

/** What another program sees and does, past Coffer. */
const raw = (place: string) => server.do('GET', `${mount}/data/${prefix}/${place}`);
const dataOf = async (place: string) => at(await raw(place), 'data', 'data') as Record<string, unknown>;
const put = (place: string, data: object) => server.do('POST', `${mount}/data/${prefix}/${place}`, { data });
const HERE = 'main/company/team/k';

it('does as the model does in 60 random command sequences', async () => {
  await checkAgainstModel(backend, { runs: 60 });
}, 240_000);

describe('the layout', () => {
  it('has tenant, parts of the namespace and key as folders, and Coffer’s own fields apart', async () => {
    const metadata = { description: 'd', tags: [{ key: 'a', value: 'b' }] };
    await backend.apply(
      { kind: 'put', path: path(), value: new SecretValue('v'), metadata },
      { fence: fenceOf(2, 7n), ...call() },
    );
    const own = { fence: fenceOf(2, 7n).toString(), path: 'main/company.team/k', prefix, version: 1, revision: 1 };
    expect(await dataOf(HERE)).toEqual({ value: 'v', coffer: { ...own, description: 'd', tags: { a: 'b' } } });
  });

  it('keeps a secret and a namespace of the same name apart', async () => {
    const places = [path('c', 'a.b'), path('d', 'a.b.c'), path('b', 'a'), path('a/b', 'a'), path('b.c', 'a')];
    for (const [n, place] of places.entries()) await write(place, String(n), 1n);
    expect(await Promise.all(places.map((place) => textAt(place)))).toEqual(['0', '1', '2', '3', '4']);
    await backend.apply({ kind: 'delete', path: path('c', 'a.b') }, { fence: fenceOf(1, 2n), ...call() });
    expect(await textAt(path('d', 'a.b.c'))).toBe('1');
    expect(await keys()).toEqual(['a.b.c/d', 'a/a/b', 'a/b', 'a/b.c']);
    expect(await keys('a')).toEqual(['a/a/b', 'a/b', 'a/b.c']);
  });

  it('lets two prefixes of which one continues the other see nothing of each other', async () => {
    const inner = await open(`${prefix}/b`);
    // Both lie at {prefix}/b/c/n/k.
    const [outerPath, innerPath] = [path('k', 'c.n', 'b'), path('k', 'n', 'c')];
    await write(outerPath, 'outer', 1n);
    expect(await textAt(innerPath, inner)).toBeUndefined();
    expect(await keys(undefined, 'c', inner)).toEqual([]);
    const refused = [
      write(innerPath, 'x', 9n, inner),
      inner.apply(
        { kind: 'patch', path: innerPath, metadata: { description: 'x' } },
        { fence: fenceOf(1, 9n), ...call() },
      ),
      inner.apply({ kind: 'delete', path: innerPath }, { fence: fenceOf(1, 9n), ...call() }),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(['conflict', 'conflict', 'conflict']);
    expect(await textAt(outerPath)).toBe('outer');
  });

  it('reads what was copied from another place, without its fence', async () => {
    await write(path(), 'v', 9n);
    await put('main/copies/k', await dataOf(HERE));
    const copy = path('k', 'copies');
    expect(await textAt(copy)).toBe('v');
    expect((await read(copy))?.fence).toBeUndefined();
    expect((await write(copy, 'w', 1n)).outcome).toBe('applied');
    expect((await read(copy))?.fence).toBe(fenceOf(1, 1n));
  });

  it('passes over names that no key is escaped to', async () => {
    await put('main/company/team/a%20b', { value: 'x' });
    await put('main/company/Team/k', { value: 'x' });
    await put('main/k', { value: 'x' });
    await write(path(), 'v', 1n);
    expect(await keys()).toEqual(['company.team/k']);
  });
});

describe('a secret that another program wrote', () => {
  it.each([
    ['one text', { value: 'v' }, 'v'],
    ['an empty text', { value: '' }, ''],
    ['fields', { user: 'u', password: 'p' }, '{"password":"p","user":"u"}'],
    ['fields, value among them', { value: 'v', user: 'u' }, '{"user":"u","value":"v"}'],
    ['a value that is no text', { value: { a: [1, true, null] } }, '{"value":{"a":[1,true,null]}}'],
    ['numbers', { port: 5432, ratio: 0.1 }, '{"port":5432,"ratio":0.1}'],
    ['no field', {}, '{}'],
    ['a field named as ours', { coffer: 'mine', value: 'v' }, '{"coffer":"mine","value":"v"}'],
    ['a field named __proto__', JSON.parse('{"__proto__":{"a":"b"}}'), '{"__proto__":{"a":"b"}}'],
  ])('as %s is read', async (_, data, text) => {
    await put(HERE, data);
    const stored = await read();
    expect(stored?.value.reveal()).toBe(text);
    expect(stored?.metadata).toEqual({ tags: [] });
    expect(stored?.fence).toBeUndefined();
    expect(await keys()).toEqual(['company.team/k']);
  });

  it('has the tags of its custom metadata, without reserved names, until Coffer writes it', async () => {
    await put(HERE, { value: 'v' });
    const custom_metadata = { team: 'a', namespace: 'x', 'coffer-x': 'y', prefix: 'z' };
    await server.do('POST', `${mount}/metadata/${prefix}/${HERE}`, { custom_metadata });
    expect((await read())?.metadata).toEqual({ tags: [{ key: 'team', value: 'a' }] });
    await write(path(), 'w', 1n);
    expect((await read())?.metadata).toEqual({ tags: [] });
  });

  it('keeps its fields when metadata alone changes', async () => {
    await put(HERE, { user: 'u', password: 'p' });
    await backend.apply(
      { kind: 'patch', path: path(), metadata: { description: 'd' } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect(await textAt()).toBe('{"password":"p","user":"u"}');
    expect(await dataOf(HERE)).toMatchObject({ user: 'u', password: 'p', coffer: { description: 'd' } });
    expect((await read())?.fence).toBe(fenceOf(1, 1n));
  });

  it('keeps a field named as ours: metadata alone cannot be changed then, the value can', async () => {
    await put(HERE, { coffer: 'mine', value: 'v' });
    expect(
      await codeOf(
        backend.apply(
          { kind: 'patch', path: path(), metadata: { description: 'd' } },
          { fence: fenceOf(1, 1n), ...call() },
        ),
      ),
    ).toBe('conflict');
    expect((await dataOf(HERE))['coffer']).toBe('mine');
    await write(path(), 'w', 1n);
    expect(await textAt()).toBe('w');
  });
});

describe('a change by another program', () => {
  it('that keeps Coffer’s field has no fence, and still no older write passes it', async () => {
    await write(path(), 'old', 5n);
    const before = await read();
    expect(before?.fence).toBe(fenceOf(1, 5n));
    await put(HERE, { ...(await dataOf(HERE)), value: 'patched' });
    const after = await read();
    expect(after?.value.reveal()).toBe('patched');
    expect(after?.fence).toBeUndefined();
    expect(after?.version).not.toBe(before?.version);
    expect(await write(path(), 'late', 4n)).toEqual({ outcome: 'superseded', storedFence: fenceOf(1, 5n) });
    expect((await write(path(), 'new', 6n)).outcome).toBe('applied');
  });

  it('that makes a value of a tombstone is read', async () => {
    await write(path(), 'old', 1n);
    await backend.apply({ kind: 'delete', path: path() }, { fence: fenceOf(1, 2n), ...call() });
    await put(HERE, { ...(await dataOf(HERE)), value: 'raised' });
    expect(await textAt()).toBe('raised');
  });

  it('that deletes or destroys the newest version is absence, and the next write goes on counting', async () => {
    await write(path(), 'one', 1n);
    await server.do('DELETE', `${mount}/data/${prefix}/${HERE}`);
    expect(await read()).toBeUndefined();
    expect(await keys()).toEqual([]);
    expect(
      await codeOf(
        backend.apply(
          { kind: 'patch', path: path(), metadata: { description: 'd' } },
          { fence: fenceOf(1, 2n), ...call() },
        ),
      ),
    ).toBe('not-found');
    await write(path(), 'two', 2n);
    expect((await read())?.version).toMatch(/^2@/);
    await server.do('POST', `${mount}/destroy/${prefix}/${HERE}`, { versions: [2] });
    expect(await read()).toBeUndefined();
    expect((await write(path(), 'three', 3n)).outcome).toBe('applied');
    expect(await textAt()).toBe('three');
  });

  it('that deletes all versions begins the counting anew, and no version is told twice', async () => {
    await write(path(), 'one', 1n);
    const before = await read();
    await server.do('DELETE', `${mount}/metadata/${prefix}/${HERE}`);
    expect(await read()).toBeUndefined();
    await write(path(), 'two', 2n);
    const after = await read();
    expect(after?.version).toMatch(/^1@/);
    expect(after?.version).not.toBe(before?.version);
  });

  it.each([
    { fence: 'x' },
    { fence: 5 },
    { fence: '1', prefix: 1 },
    { fence: '1', prefix: '', path: 'no path', version: 1 },
    { fence: '99999999999999999999', prefix: '', path: 'main/company.team/k', version: 1 },
    { fence: '1', prefix: '', path: 'main/company.team/k', version: 1, tags: [] },
    { fence: '1', prefix: '', path: 'main/company.team/k', version: 1, description: 5 },
  ])('that damages Coffer’s field is corrupt: %j', async (own) => {
    await put(HERE, { value: 'v', coffer: own });
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'corrupt' });
    expect(leaksOf(error, ['99999999999999999999'])).toEqual([]);
  });
});

describe('a delete', () => {
  it('leaves a tombstone without value and metadata, whose fence holds, and the count of versions', async () => {
    const metadata = { description: 'd', tags: [{ key: 'a', value: 'b' }] };
    await backend.apply(
      { kind: 'put', path: path(), value: new SecretValue('v'), metadata },
      { fence: fenceOf(1, 1n), ...call() },
    );
    await backend.apply({ kind: 'delete', path: path() }, { fence: fenceOf(1, 5n), ...call() });
    const { coffer, ...others } = await dataOf(HERE);
    expect(others).toEqual({});
    expect(coffer).toEqual({
      deleted: true,
      fence: fenceOf(1, 5n).toString(),
      path: 'main/company.team/k',
      prefix,
      revision: 2,
      version: 2,
    });
    expect(await write(path(), 'late', 4n)).toEqual({ outcome: 'superseded', storedFence: fenceOf(1, 5n) });
    expect((await write(path(), 'next', 6n)).outcome).toBe('applied');
    expect((await read())?.version).toMatch(/^3@/);
  });
});

describe('check-and-set', () => {
  it('refuses a write that another overtook between its reading and its writing', async () => {
    const watched = await watch();
    const slow = await harness.openWith({ address: watched.address }, prefix);
    opened.push(slow);
    await write(path(), 'old', 1n);
    let overtaken = false;
    let released = (): void => undefined;
    watched.set(({ method, path: asked }) => {
      // The first write finds the proxy shut; the test lets the newer one pass by another way meanwhile.
      if (method === 'POST' && asked.includes('/data/') && !overtaken) {
        overtaken = true;
        released();
        return 'cut-before';
      }
      return 'pass';
    });
    const meeting = new Promise<void>((resolve) => (released = resolve));
    const first = codeOf(write(path(), 'middle', 2n, slow));
    await meeting;
    expect(await first).toBe('unavailable');
    await write(path(), 'newest', 3n);
    expect(await write(path(), 'middle', 2n, slow)).toEqual({ outcome: 'superseded', storedFence: fenceOf(1, 3n) });
    const posted = watched.seen.filter(({ method, path: asked }) => method === 'POST' && asked.includes('/data/'));
    expect(posted.map(({ body }) => at(JSON.parse(body.toString()), 'options', 'cas'))).toEqual([1]);
    // The late arrival itself, as the cut connection might still have delivered it.
    const late = await server.ask('POST', `${mount}/data/${prefix}/${HERE}`, JSON.parse(posted[0]!.body.toString()));
    expect(late.status).toBe(400);
    expect(await textAt()).toBe('newest');
    await slow.close();
  });

  it('is also under a mount that asks for it', async () => {
    await server.do('POST', `${mount}/config`, { cas_required: true });
    expect((await write(path(), 'v', 1n)).outcome).toBe('applied');
    await server.do('POST', `${mount}/config`, { cas_required: false });
  });
});

describe('the root engine', () => {
  const at = (rootEngine: string): Backend => {
    const connection = { address: server.address, login: { method: 'token', token: new SecretValue(server.token) } };
    const made = openVaultBackend({ connection: { ...connection } as never, rootEngine });
    opened.push(made);
    return made;
  };
  const codesOf = async (through: Backend): Promise<string[]> => {
    const calls = [
      through.read(path(), call()),
      write(path(), 'x', 1n, through),
      through.apply({ kind: 'delete', path: path() }, { fence: fenceOf(1, 1n), ...call() }),
      through.check(call()),
    ];
    return [...new Set(await Promise.all(calls.map(codeOf)))];
  };

  it('of version 1 is refused before it takes a write for a secret named data', async () => {
    const old = freshName();
    await server.makeEngine(old, '1');
    const through = at(old);
    expect(await codesOf(through)).toEqual(['configuration']);
    expect((await server.ask('GET', `${old}/?list=true`)).status).toBe(404);
    await server.removeEngine(old);
  });

  it('that does not exist, is of another kind, or is a folder of one, is refused', async () => {
    for (const wrong of [freshName(), 'sys', 'cubbyhole', `${mount}/folder`]) {
      expect(await codesOf(at(wrong))).toEqual(['configuration']);
    }
  });

  it('may have slashes in its path', async () => {
    const deep = `${freshName()}/kv/deep`;
    await server.makeEngine(deep);
    const through = at(deep);
    await write(path(), 'v', 1n, through);
    expect(await textAt(path(), through)).toBe('v');
    await server.removeEngine(deep);
  });
});

describe('the server’s own limits', () => {
  it('throttle: a rate limit quota is told as such', async () => {
    const name = freshName();
    await server.do('POST', `sys/quotas/rate-limit/${name}`, { path: `${mount}/`, rate: 0.01, interval: '1h' });
    try {
      const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(read())));
      expect(new Set(codes)).toContain('throttled');
    } finally {
      await server.do('DELETE', `sys/quotas/rate-limit/${name}`);
    }
    expect(await codeOf(read())).toBe('ok');
  });

  // Vault counts a control character as the six bytes of its JSON escape, and takes texts of 1 MiB.
  it.each([
    ['a text of more than 1 MiB', 'x'.repeat(1024 * 1024 + 1)],
    ['half as many control characters', '\u0001'.repeat(512 * 1024)],
    ['a request of more than 32 MiB', 'x'.repeat(33 * 1024 * 1024)],
  ])('too large: %s is told as such', async (_, text) => {
    const calling = backend.apply(
      { kind: 'put', path: path(), value: new SecretValue(text), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    expect(await codeOf(calling)).toBe('too-large');
  });

  it('take the worst that lines of text can become', async () => {
    const text = '\n"'.repeat(256 * 1024);
    await write(path(), text, 1n);
    expect(await textAt()).toBe(text);
  });
});

it('asks nothing before the first call', async () => {
  const watched = await watch();
  const idle = await harness.openWith({ address: watched.address });
  await idle.close();
  expect(watched.seen).toEqual([]);
});

it('lists names that Vault lists, metadata alone, eight reads at a time at most', async () => {
  const watched = await watch();
  const through = await harness.openWith({ address: watched.address }, prefix);
  for (let n = 0; n < 30; n += 1) await write(path(`k${n}`), 'v', 1n);
  const pages: number[] = [];
  for await (const page of through.list({ tenant: 'main' }, call())) {
    pages.push(page.length);
    for (const entry of page) expect(Object.keys(entry).sort()).toEqual(['metadata', 'path', 'revision', 'version']);
  }
  expect(pages.reduce((sum, length) => sum + length)).toBe(30);
  expect(watched.seen.filter(({ path: asked }) => asked.includes('?list=true'))).toHaveLength(3);
  expect(watched.seen.filter(({ path: asked }) => isJsonObject(asked) || asked.includes('/data/'))).toHaveLength(30);
  await through.close();
});

describe('over TLS', () => {
  it('verifies the server by the authorities it is given, and refuses any other', async () => {
    const pki = freshName();
    await server.do('POST', `sys/mounts/${pki}`, { type: 'pki' });
    const root = await server.do('POST', `${pki}/root/generate/internal`, { common_name: 'Coffer test' });
    await server.do('POST', `${pki}/roles/test`, { allow_any_name: true, allow_ip_sans: true });
    const issue = async (address: string) => {
      const made = await server.do('POST', `${pki}/issue/test`, {
        common_name: 'vault.test',
        ip_sans: address,
        ttl: '1h',
      });
      return { key: String(at(made, 'data', 'private_key')), cert: String(at(made, 'data', 'certificate')) };
    };
    const ca = String(at(root, 'data', 'certificate'));
    const through = async (address: string, authority?: string): Promise<string> => {
      const front = await RecordingProxy.before(server.address, await issue(address));
      proxies.push(front);
      const made = await harness.openWith({ address: front.address, ...(authority && { ca: authority }) });
      opened.push(made);
      return made.check(call()).then(
        () => 'ok',
        (error: unknown) => (CofferError.is(error) ? `${error.code}: ${error.message}` : 'unknown'),
      );
    };
    expect(await through('127.0.0.1', ca)).toBe('ok');
    expect(await through('127.0.0.1')).toMatch(/^unavailable: .*not of an authority that is trusted: name one by ca/);
    expect(await through('127.0.0.2', ca)).toMatch(/^unavailable: .*is for another host: name that one by address/);
    await server.removeEngine(pki);
  });
});
