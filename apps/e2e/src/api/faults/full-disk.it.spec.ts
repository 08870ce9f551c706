/** @servers none */
import { api, spawnCoffer, until } from '../../harness/index.js';
import { disk } from './disk.fixture.js';
import { MARKER, leaksIn, refusalOf } from './refusal.fixture.js';

// Starts real processes, on machines that may be busy, and waits for deadlines and back-offs to pass.
jest.setTimeout(540_000);

it('a full disk: writes wait and say so, nothing acknowledged is lost, and they are applied when there is room', async () => {
  const { through, fill, makeRoom } = disk();
  // Reads are answered only where their records are kept: not on the disk that is to be full.
  const spawned = spawnCoffer({ through, config: 'coffer: {audit: {sinks: [{type: stdout}]}}' });
  try {
    const coffer = await spawned.ready();
    const main = api(coffer.url, coffer.token);
    const value = (n: number): string => `${n} ${MARKER} ${'x'.repeat(50_000)}`;
    const acknowledged = [0, 1, 2];
    for (const n of acknowledged) {
      expect((await main.put('company', { key: `K${n}`, value: value(n) })).status).toBe(200);
    }

    fill(coffer);
    const refused = await Promise.all([3, 4, 5].map((n) => main.put('company', { key: `K${n}`, value: value(n) })));
    const ids = refused.map((answer) => {
      expect(refusalOf(answer)).toEqual([504, 'timeout', expect.stringMatching(/^the write was accepted/)]);
      return String(answer.json()['operation']);
    });
    for (const n of acknowledged) expect((await main.value('company', `K${n}`)).json()['value']).toBe(value(n));
    for (const n of [3, 4, 5]) expect((await main.value('company', `K${n}`)).status).toBe(404);
    expect((await main.list()).json()['total']).toBe(3);

    makeRoom(coffer);
    for (const id of ids) {
      await until(`${id} is applied`, async () => (await main.operation(id)).json()['state'] === 'applied', 60_000);
    }
    for (const n of [0, 1, 2, 3, 4, 5]) expect((await main.value('company', `K${n}`)).json()['value']).toBe(value(n));
    expect(coffer.stdout()).toMatch(/"message":"[^"]+".*"msg":"the store did not take the mutation"/);
    expect(leaksIn(spawned.process.output())).toEqual([]);
  } finally {
    await spawned.stop();
  }
});
