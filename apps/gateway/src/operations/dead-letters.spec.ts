import { deadLetterId, type SealedMutation } from '@coffer/messaging';
import { fenceOf, SecretPath, SecretValue, type Mutation, type MutationKind } from '@coffer/secrets';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const CANARY = 'sealed canary';
let api: TestApi;
beforeEach(async () => {
  api = await openTestApi();
});
afterEach(() => api.app.close());

const operationOf = (offset: number): string => `0190f5c4-0000-7000-8000-${String(offset).padStart(12, '0')}`;

const mutationOf = (kind: MutationKind, path: SecretPath): Mutation => {
  if (kind === 'delete' || kind === 'drop') return { kind, path };
  return { kind, path, value: new SecretValue(CANARY), metadata: { tags: [] } };
};

const sealed = (text: string, operation: string, kind: MutationKind): SealedMutation => {
  const options = { operation, fingerprint: 'f', sentAt: 1 };
  if (text.split('/').length === 3) {
    return api.sealer.sealMutation(mutationOf(kind, SecretPath.parse(text)), { ...options, partition: 0 });
  }
  return { schema: 1, ...options, kind, path: text, body: Buffer.from('sealed by nobody') };
};

const addDeadLetter = async (offset: number, path: string, kind: MutationKind = 'put'): Promise<string> => {
  const id = deadLetterId(fenceOf(1, BigInt(offset)), 0);
  const mutation = sealed(path, operationOf(offset), kind);
  await api.messaging.deadLetters.add({ id, mutation, code: 'corrupt', time: 1_700_000_000_000 + offset });
  return id;
};

interface Page {
  readonly results: { readonly id: string }[];
  readonly total: number;
}

const url = (tenant = 'main', rest = '') => `/coffer/v1/${tenant}/dead-letters${rest}`;
const list = async (as: string, tenant?: string, query = ''): Promise<string[]> =>
  (await api.call('GET', url(tenant, query), { as })).json<Page>().results.map(({ id }) => id);

describe('GET /dead-letters', () => {
  it('shows what failed, why and when, and nothing of what was written', async () => {
    const id = await addDeadLetter(7, 'main/company.team/%2F%20%E2%98%83');
    const answer = await api.call('GET', url(), { as: 'admin' });
    expect([answer.statusCode, answer.headers['cache-control'], answer.json()]).toEqual([
      200,
      'no-store',
      {
        results: [
          {
            id,
            tenant: 'main',
            namespace: 'company.team',
            key: '/ ☃',
            kind: 'put',
            code: 'corrupt',
            operation: operationOf(7),
            time: '2023-11-14T22:13:20.007Z',
          },
        ],
        total: 1,
      },
    ]);
    for (const text of [CANARY, Buffer.from(CANARY).toString('base64'), 'fingerprint'])
      expect(answer.body).not.toContain(text);
  });

  it('comes in pages, oldest first, with the exact total', async () => {
    const ids: string[] = [];
    for (const offset of [1, 2, 3]) ids.push(await addDeadLetter(offset, 'main/company/key'));
    expect(await list('admin', 'main', '?size=2')).toEqual(ids.slice(0, 2));
    const second = (await api.call('GET', url('main', '?size=2&page=2'))).json<Page>();
    expect([second.results.map(({ id }) => id), second.total]).toEqual([ids.slice(2), 3]);
    expect(await list('admin', 'main', '?page=9')).toEqual([]);
    expect((await api.call('GET', url('main', '?size=0'))).statusCode).toBe(422);
    expect((await api.call('GET', url('main', '?sort=key:asc'))).statusCode).toBe(422);
  });

  it('shows each administrator the letters of their namespaces, and those of none to who administers all', async () => {
    const team = await addDeadLetter(1, 'main/company.team.app/key');
    const company = await addDeadLetter(2, 'main/company/key');
    const other = await addDeadLetter(3, 'other/company.team/key');
    const nowhere = await addDeadLetter(4, 'coffer.secret.mutations-3-17');
    expect(await list('teamAdmin')).toEqual([team]);
    expect(await list('admin')).toEqual([team, company]);
    expect(await list('root')).toEqual([team, company, nowhere]);
    expect(await list('root', 'other')).toEqual([other, nowhere]);
    const [unnamed] = (await api.call('GET', url('other', '?page=2&size=1'))).json<Page>().results;
    expect(unnamed).not.toHaveProperty('key');
  });

  it.each(['team', 'reader', 'lister', 'writer', 'nobody'])('is not for %s, who administers nothing', async (as) => {
    const id = await addDeadLetter(1, 'main/company/key');
    for (const [method, rest] of [
      ['GET', ''],
      ['POST', `/${id}/replay`],
      ['DELETE', `/${id}`],
    ] as const) {
      expect((await api.call(method, url('main', rest), { as })).statusCode).toBe(403);
    }
    expect((await api.call('GET', url('other'), { as: 'admin' })).statusCode).toBe(403);
    expect(await list('root')).toEqual([id]);
  });
});

describe('POST /dead-letters/{id}/replay', () => {
  it('is 202 with the place of the operation, and the letter is gone', async () => {
    const id = await addDeadLetter(1, 'main/company.team/key');
    const answer = await api.call('POST', url('main', `/${id}/replay`), { as: 'teamOperator' });
    expect([answer.statusCode, answer.headers.location, answer.json()]).toEqual([
      202,
      `/coffer/v1/main/operations/${operationOf(1)}`,
      { id: operationOf(1), state: 'pending' },
    ]);
    expect(await api.messaging.endOffset(0)).toBe(1n);
    expect(await list('root')).toEqual([]);
    const again = await api.call('POST', url('main', `/${id}/replay`), { as: 'teamOperator' });
    expect([again.statusCode, again.json().code]).toEqual([404, 'not-found']);
  });

  it.each([
    ['put', 'teamAdmin', 403],
    ['put', 'teamRemover', 403],
    ['put', 'teamOperator', 202],
    ['patch', 'teamAdmin', 403],
    ['patch', 'teamOperator', 202],
    ['delete', 'teamAdmin', 403],
    ['delete', 'teamOperator', 403],
    ['delete', 'teamRemover', 202],
    ['drop', 'teamAdmin', 403],
    ['drop', 'teamOperator', 202],
  ] as const)('is a %s that %s may make: %i', async (kind, as, status) => {
    const id = await addDeadLetter(1, 'main/company.team/key', kind);
    const answer = await api.call('POST', url('main', `/${id}/replay`), { as });
    expect(answer.statusCode).toBe(status);
    if (status === 202) return;
    expect(answer.json().code).toBe('forbidden');
    expect(answer.json().detail).toContain(kind === 'delete' ? "permission 'delete'" : "permission 'write'");
    expect(await list('root')).toEqual([id]);
    expect(await api.messaging.endOffset(0)).toBe(0n);
  });

  it('answers alike for what is absent, of another tenant and of another namespace', async () => {
    const other = await addDeadLetter(1, 'other/company.team/key');
    const company = await addDeadLetter(2, 'main/company/key');
    const bodies = [];
    for (const id of [other, company, '281474976719999-0']) {
      const answer = await api.call('POST', url('main', `/${id}/replay`), { as: 'teamOperator' });
      const { instance: _, ...body } = answer.json<Record<string, unknown>>();
      bodies.push([answer.statusCode, body]);
    }
    expect(bodies[0]).toEqual([404, expect.objectContaining({ code: 'not-found' })]);
    expect(bodies.slice(1)).toEqual([bodies[0], bodies[0]]);
    expect(await api.messaging.endOffset(0)).toBe(0n);
  });

  it('keeps the letter when the queue cannot take it, with when to come again', async () => {
    const id = await addDeadLetter(1, 'main/company/key');
    await api.messaging.producer.close();
    const answer = await api.call('POST', url('main', `/${id}/replay`));
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '1']);
    expect(await list('root')).toEqual([id]);
  });
});

describe('records of dead letters', () => {
  const recorded = async (method: 'POST' | 'DELETE', rest: string, as: string) => {
    const before = api.audited().length;
    await api.call(method, url('main', rest), { as });
    return api
      .audited()
      .slice(before)
      .map(({ namespace, key, operation, target, decision, outcome }) =>
        [namespace, key, operation, target, decision, outcome].join(' '),
      );
  };

  it('say deny of who may see a letter and not replay it', async () => {
    const id = await addDeadLetter(1, 'main/company.team/KEY');
    expect((await recorded('POST', `/${id}/replay`, 'teamAdmin')).at(-1)).toBe(`   ${id} deny forbidden`);
  });

  it('name the secret of a letter that was replayed or discarded', async () => {
    const replayed = await addDeadLetter(1, 'main/company.team/KEY');
    expect(await recorded('POST', `/${replayed}/replay`, 'teamOperator')).toEqual([
      `   ${replayed} allow intent`,
      `company.team KEY ${operationOf(1)} ${replayed} allow accepted`,
    ]);
    const discarded = await addDeadLetter(2, 'main/company.team/KEY');
    expect((await recorded('DELETE', `/${discarded}`, 'teamAdmin')).at(-1)).toBe(
      `company.team KEY ${operationOf(2)} ${discarded} allow ok`,
    );
    expect((await recorded('DELETE', `/${discarded}`, 'teamAdmin')).at(-1)).toBe(`   ${discarded} allow ok`);
    const unnamed = await addDeadLetter(3, 'coffer.secret.mutations-3-17');
    expect((await recorded('DELETE', `/${unnamed}`, 'root')).at(-1)).toBe(`  ${operationOf(3)} ${unnamed} allow ok`);
  });
});

describe('DELETE /dead-letters/{id}', () => {
  it('is 204, also again, and for what the caller may not see, which stays', async () => {
    const team = await addDeadLetter(1, 'main/company.team/key');
    const company = await addDeadLetter(2, 'main/company/key');
    for (const id of [team, team, company]) {
      const answer = await api.call('DELETE', url('main', `/${id}`), {
        as: 'teamAdmin',
        headers: { 'content-type': 'application/json' },
      });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect(await list('root')).toEqual([company]);
  });

  it.each(['x', '1-', '-1-0', '1-2-3', '12345678901234567890-0', '1%2F0'])('refuses the id %s', async (id) => {
    for (const [method, rest] of [
      ['DELETE', `/${id}`],
      ['POST', `/${id}/replay`],
    ] as const) {
      const answer = await api.call(method, url('main', rest));
      expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid']);
    }
  });
});
