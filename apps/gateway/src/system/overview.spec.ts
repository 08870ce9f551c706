import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await api.put('company', 'A', { value: 'the value' });
  await api.call('GET', '/coffer/v1/main/secrets');
});
afterAll(() => api.app.close());

const show = (as: string) => api.call('GET', '/coffer/v1/main/system', { as });

it('shows an administrator of every tenant stores, this gateway, dead letters and keys', async () => {
  const answer = await show('root');
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    {
      stores: [
        {
          ...{ name: 'default', type: 'memory', readOnly: false, conditionalWrites: 'atomic', rates: {} },
          ...{ health: { state: 'ok' }, breaker: 'closed', secrets: 1 },
          drift: { appeared: 0, changed: 0, deleted: 0 },
        },
      ],
      deadLetters: 0,
      instance: {
        version: '0.0.0-test',
        reads: { l1: 0, l2: 0, store: 0 },
        ...{ leases: [], staleReads: 0, probe: { fresh: 0, stale: 0, failed: 0 } },
        ...{ writesWaiting: 0, writesUnfinished: 0, eventStreams: 0 },
      },
      processes: { gateways: [], coordinators: [], workers: [] },
      keys: [{ id: 'test', active: true }],
    },
  ]);
  expect(answer.body).not.toContain('the value');
});

it('shows others what they administer', async () => {
  expect(Object.keys((await show('admin')).json())).toEqual(['stores', 'deadLetters']);
  expect((await show('teamAdmin')).json()).toEqual({ stores: [], deadLetters: 0 });
  expect((await show('lister')).statusCode).toBe(403);
});
