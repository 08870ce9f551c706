/** @servers none */
import { existsSync } from 'node:fs';
import { api, spawnCoffer, startCoffer } from './index.js';

describe('the harness', () => {
  it('starts a process, talks to it, kills it and starts it again on the same folder', async () => {
    const first = await startCoffer();
    try {
      expect(first.token).toMatch(/^coffer_/);
      expect((await api(first.url, first.token).put('company', { key: 'K', value: 'v' })).status).toBe(200);
      first.kill();
      expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
      const second = await startCoffer({ dataFolder: first.dataFolder, token: first.token });
      try {
        expect((await api(second.url, second.token).value('company', 'K')).json()).toMatchObject({ value: 'v' });
      } finally {
        await second.stop();
      }
      expect(existsSync(first.dataFolder)).toBe(true);
    } finally {
      await first.stop();
    }
    expect(existsSync(first.dataFolder)).toBe(false);
  });

  it('reports the output of a process that ends before it is ready', async () => {
    await expect(startCoffer({ args: ['--no-such-argument'] })).rejects.toThrow(
      /ended with code 1 before it printed[^]*unknown argument/,
    );
  });

  it('leaves no process behind', async () => {
    const spawned = spawnCoffer();
    const { pid } = await spawned.ready();
    await spawned.stop();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
