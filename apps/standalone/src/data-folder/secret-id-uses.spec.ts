import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from './data-folder.js';

const path = mkdtempSync(join(tmpdir(), 'coffer-uses-'));
afterAll(() => rmSync(path, { recursive: true }));

it('counts uses over restarts, and forgets those that are not asked for any more', () => {
  const first = DataFolder.open(path);
  const taken = [1, 2, 3].map(() => first.secretIdUses.take('["deploy","one","f"]', 2));
  expect(taken).toEqual([true, true, false]);
  expect(first.secretIdUses.take('other', 2)).toBe(true);
  first.close();
  const second = DataFolder.open(path);
  second.secretIdUses.retain(new Set(['["deploy","one","f"]']));
  expect(second.secretIdUses.take('["deploy","one","f"]', 2)).toBe(false);
  expect([1, 2, 3].map(() => second.secretIdUses.take('other', 2))).toEqual([true, true, false]);
  expect(second.firstTokenHash).toBeUndefined();
  second.close();
});
