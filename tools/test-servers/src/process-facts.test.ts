import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { processFacts, residentBytes } from './process-facts.ts';

test('the facts of a process are right whatever its name is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-facts-'));
  try {
    const program = join(folder, 'a) Z (b');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['600']);
    await once(child, 'spawn');
    const { pid = 0 } = child;
    const facts = processFacts(pid);
    assert.equal(facts?.hasEnded, false);
    assert.match(facts.startTime, /^\d+$/);
    assert.ok(Number(facts.startTime) >= Number(processFacts('self')?.startTime));
    assert.ok(residentBytes(pid) > 0 && residentBytes(pid) < residentBytes(process.pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(processFacts(pid), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the time of a process counts what its ended children took', async () => {
  const before = processFacts('self')?.processorSeconds ?? NaN;
  const child = spawn(process.execPath, ['-e', 'while (process.cpuUsage().user < 300_000);']);
  await once(child, 'exit');
  assert.ok((processFacts('self')?.processorSeconds ?? NaN) - before >= 0.25);
});
