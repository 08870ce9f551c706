import { openTestApi, type TestApi } from '../fixture/test-api.js';

/** What clients of Vault send beside what its documentation shows; Vault 1.21 takes or refuses each of these so. */
let api: TestApi;
beforeEach(async () => {
  api = await openTestApi({ vault: {} });
});
afterEach(() => api.app.close());

interface Body {
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[] | null;
  readonly data?: { readonly version?: number; readonly custom_metadata?: unknown };
}

const ask = async (method: Parameters<TestApi['call']>[0], path: string, payload?: object | string) => {
  const { statusCode, body } = await api.app.inject({
    ...{ method, url: `/v1/secret/${path}` },
    headers: { 'x-vault-token': 'root' },
    ...(payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
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

it.each([
  ['{"data":{"a":"1","a":"2"}}', "'a'"],
  ['{"data":{"a":"1"},"data":{"b":"2"}}', "'data'"],
  ['{"data":{"a":[{"b":1,"\\u0062":2}]}}', "'b'"],
  ['{"data":{"hunter 2":1,"hunter 2":2}}', 'whose name is not shown'],
])('%s is refused, for one of the two would be lost', async (payload, named) => {
  for (const [method, path] of [
    ['PUT', 'data/company/KEY'],
    ['PATCH', 'data/company/KEY'],
    ['POST', 'metadata/company/KEY'],
  ] as const) {
    const { status, body } = await ask(method, path, payload);
    expect([status, body.errors]).toEqual([
      400,
      [`duplicate key ${named} in an object of the body: each may be there once`],
    ]);
  }
  expect((await ask('GET', 'data/company/KEY')).status).toBe(404);
});

it('what a write does not know is said in a warning', async () => {
  const write = (more: object) => ask('PUT', 'data/company/KEY', { data: { a: 'b' }, ...more });
  expect((await write({ options: {} })).body.warnings).toBeNull();
  expect((await write({ ttl: '1h', force: true, 'not a name': 1 })).body.warnings).toEqual([
    'Endpoint ignored these unrecognized parameters: [? force ttl]',
  ]);
});

it('a list is a flag, and the engine itself is no secret', async () => {
  await written('company/KEY');
  for (const path of ['metadata/company/KEY', 'metadata', 'data/company/KEY']) {
    expect(await ask('GET', `${path}?list=yes`)).toEqual({
      status: 400,
      body: { errors: ['invalid query: list: must be true or false'] },
    });
  }
  for (const query of ['', '?list=false', '?list=']) expect((await ask('GET', `metadata${query}`)).status).toBe(404);
  expect((await ask('GET', 'metadata?list=T')).status).toBe(200);
});

it('a refused setting says what would be right, and a parameter that is there twice that it is', async () => {
  for (const [settings, sentence] of [
    [{ delete_version_after: '1h' }, 'delete_version_after: must be 0s: nothing is deleted by time'],
    [{ delete_version_after: '0'.repeat(65) }, 'delete_version_after: must be 0s: nothing is deleted by time'],
    [{ cas_required: 'true' }, 'cas_required: must be false: writes without cas are taken'],
    [{ max_versions: 'many' }, 'max_versions: must be a whole number'],
  ] as const) {
    const { body } = await ask('POST', 'metadata/company/KEY', settings);
    expect(body.errors).toEqual([`invalid body: ${sentence}`]);
  }
  expect((await ask('GET', 'data/company/KEY?version=1&version=2')).body.errors).toEqual([
    'invalid query: version: it is there more than once',
  ]);
});

it.each(['PROPFIND', 'LOCK', 'TRACE', 'COPY', 'QUERY'])(
  'the method %s is 405 wherever, whoever asks',
  async (method) => {
    for (const url of ['/v1/secret/data/company/KEY', '/v1/sys/health', '/v1/nowhere']) {
      const { statusCode, headers, body } = await api.app.inject({ method: method as 'GET', url });
      expect([url, statusCode, headers['content-type'], body]).toEqual([url, 405, 'application/json', '{"errors":[]}']);
    }
  },
);

it.each([
  ['POST', 'sys/health', 'GET, HEAD'],
  ['DELETE', 'auth/token/lookup-self', 'GET, HEAD, POST, PUT'],
  ['GET', 'auth/approle/login', 'POST, PUT'],
  ['PATCH', 'secret/delete/company/KEY', 'PUT, POST'],
] as const)('%s of what has other methods, %s, is 405 and says which', async (method, path, allow) => {
  const { statusCode, headers, body } = await api.app.inject({ method, url: `/v1/${path}` });
  expect([statusCode, headers['allow'], (JSON.parse(body) as Body).errors?.[0]]).toEqual([
    405,
    allow,
    'unsupported operation',
  ]);
});

it('a method of Vault where there is nothing leads nowhere', async () => {
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'] as const) {
    const { statusCode, body } = await api.app.inject({ method, url: '/v1/other/data/company/KEY' });
    expect([method, statusCode, (JSON.parse(body) as Body).errors?.[0]]).toEqual([method, 404, 'no handler for route']);
  }
});

it('a field whose name needs an escape is kept by its name, whatever was read before', async () => {
  // Makes V8's own JSON.parse take such a name for a backslash: see readJson.
  JSON.parse('{"a":0,"\\\\":0}');
  await ask('PUT', 'data/company/KEY', '{"data":{"a":"b","\\"":"c"}}');
  const { body } = await api.app.inject({ url: '/v1/secret/data/company/KEY', headers: { 'x-vault-token': 'root' } });
  expect(body).toContain('"\\"":"c"');
});
