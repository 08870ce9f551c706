import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isRunning } from './handles.ts';
import { processFacts } from './process-facts.ts';

test('a server is known by its process, whatever its command line says, and no other process is taken for it', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid as number;
  const handle = {
    ...{ pid, startTime: processFacts(pid)?.startTime, folder: '/nowhere/on-no-command-line', log: '' },
    signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' } as const,
  };
  assert.equal(isRunning(handle), true);
  assert.equal(isRunning({ ...handle, startTime: '1' }), false, 'its id was given to another one');
  child.kill();
  await once(child, 'exit');
  assert.equal(isRunning(handle), false);
});
