import { openTestApi, type TestApi } from '../fixture/test-api.js';

/** What clients of Vault send beside what its documentation shows; Vault 1.21 takes or refuses each of these so. */
let api: TestApi;
beforeEach(async () => {
  api = await openTestApi({ vault: {} });
});
afterEach(() => api.app.close());

interface Body {
  readonly errors?: readonly string[];
  readonly data?: { readonly version?: number; readonly custom_metadata?: unknown };
}

const ask = async (method: Parameters<TestApi['call']>[0], path: string, payload?: object) => {
  const { statusCode, body } = await api.app.inject({
    ...{ method, url: `/v1/secret/${path}` },
    headers: { 'x-vault-token': 'root' },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });
  return { status: statusCode, body: (body === '' ? {} : JSON.parse(body)) as Body };
};
const written = (path: string) => ask('PUT', `data/${path}`, { data: { a: 'b' } });

it.each([null, '', 0, '0'])('a cas of %j demands that there is no secret', async (cas) => {
  const put = () => ask('PUT', 'data/company/KEY', { data: { a: 'b' }, options: { cas } });
  expect((await put()).status).toBe(200);
  expect(await put()).toMatchObject({
    status: 400,
    body: { errors: ['check-and-set parameter did not match the current version'] },
  });
});

it('a patch of what is absent is 404, whatever its cas', async () => {
  for (const cas of [undefined, 0, 7]) {
    const answer = await ask('PATCH', 'data/company/NONE', { data: { a: 'b' }, options: { cas } });
    expect([cas, answer]).toEqual([cas, { status: 404, body: { errors: [] } }]);
  }
});

it('a list below data is refused, and shows no value', async () => {
  await written('company/KEY');
  for (const flag of ['true', '1', 'T']) {
    expect(await ask('GET', `data/company/KEY?list=${flag}`)).toEqual({
      status: 400,
      body: { errors: [expect.stringContaining('below metadata/')] },
    });
  }
  expect((await ask('GET', 'data/company/KEY?list=false')).status).toBe(200);
});

it('an empty version is the current one', async () => {
  await written('company/KEY');
  expect((await ask('GET', 'data/company/KEY?version=')).status).toBe(200);
  expect((await ask('GET', 'data/company/KEY?version=x')).status).toBe(400);
});

it('below a secret there is nothing to list', async () => {
  await written('company/KEY');
  expect(await ask('GET', 'metadata/company/KEY?list=true')).toEqual({ status: 404, body: { errors: [] } });
});

it.each([['1'], [1], ['1,7'], ['7, 1'], [['1']]])('versions %j are deleted', async (versions) => {
  await written('company/KEY');
  expect((await ask('PUT', 'delete/company/KEY', { versions })).status).toBe(204);
  expect((await ask('GET', 'data/company/KEY')).status).toBe(404);
});

it.each([[[]], [''], ['x'], ['1,'], [null], [{}]])(
  'versions %j are refused, and nothing is deleted',
  async (versions) => {
    await written('company/KEY');
    const { status, body } = await ask('PUT', 'delete/company/KEY', { versions });
    expect([status, body.errors?.length]).toEqual([400, 1]);
    expect((await ask('GET', 'data/company/KEY')).status).toBe(200);
  },
);

it('flags and numbers are the texts that Vault makes of them', async () => {
  await written('company/KEY');
  await ask('POST', 'metadata/company/KEY', { custom_metadata: { yes: true, no: false, n: 7 } });
  const { body } = await ask('GET', 'metadata/company/KEY');
  expect(body.data?.custom_metadata).toEqual({ yes: '1', no: '0', n: '7' });
});

it('cas_required is false in whatever form, and nothing else', async () => {
  await written('company/KEY');
  for (const off of [false, 0, 'false', '0', 'f', null]) {
    expect([off, (await ask('POST', 'metadata/company/KEY', { cas_required: off })).status]).toEqual([off, 204]);
  }
  for (const on of [true, 1, 'true', 'yes', '']) {
    expect([on, (await ask('POST', 'metadata/company/KEY', { cas_required: on })).status]).toEqual([on, 400]);
  }
});
