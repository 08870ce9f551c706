import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { alive, until } from '@coffer/test-servers/processes';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const) {
  test(`what a measurement runs ends with it, also by ${signal}`, async () => {
    const child = 'setInterval(() => undefined, 1_000); console.error(`child ${process.pid}`)';
    const measurement = `import { runCommand } from ${JSON.stringify(import.meta.resolve('./measure.ts'))};
      await runCommand(['node', '--eval', ${JSON.stringify(child)}], {});`;
    const running = spawn(process.execPath, ['--input-type=module', '--eval', measurement], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [line] = (await once(createInterface({ input: running.stderr }), 'line')) as [string];
    const pid = Number(/^child (\d+)$/.exec(line)?.[1]);
    running.kill(signal);
    await once(running, 'exit');
    assert.ok(await until(() => !alive(pid), 60_000), 'the child is still there');
  });
}
