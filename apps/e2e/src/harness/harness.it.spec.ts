/** @servers none */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alive } from '@coffer/test-servers/processes';
import { api, spawnCoffer, startCoffer, until } from './index.js';
import { NodeProcess } from './node-process.js';

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

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    'leaves no process behind where its own is ended by %s',
    async (signal) => {
      const child = `setInterval(() => undefined, 1_000); console.log('ready')`;
      const parent = `
        const { NodeProcess } = require(${JSON.stringify(join(__dirname, '../../dist/harness/node-process.js'))});
        const child = NodeProcess.start(['--eval', ${JSON.stringify(child)}]);
        child.printed(/ready/).then(() => console.log('child ' + child.pid));`;
      const running = NodeProcess.start(['--eval', parent]);
      const [, pid] = await running.printed(/^child (\d+)$/m);
      running.kill(signal);
      await running.exited;
      await until('the child is gone', () => !alive(Number(pid)));
    },
  );

  it('leaves no process behind that does not get ready', async () => {
    const process = NodeProcess.start(['--eval', 'setInterval(() => undefined, 1_000)']);
    const { pid } = process;
    await expect(process.ready(/ready/, 100)).rejects.toThrow('in vain');
    expect(alive(pid)).toBe(false);
  });

  it('leaves no process behind', async () => {
    const spawned = spawnCoffer();
    const { pid } = await spawned.ready();
    await spawned.stop();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
