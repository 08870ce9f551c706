import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chain } from '../chain/chain.js';
import type { AuditEntry } from '../record/audit-entry.js';
import { recordTail, recordText } from '../record/record-text.js';
import { ENTRY } from '../trail.fixture.js';
import { linesBackwards } from './lines-backwards.js';
import { AuditFileSearch } from './search-file.js';

describe('a search of the file of a sink', () => {
  let folder: string;
  let path: string;
  const chain = new Chain();
  const line = (more: Partial<AuditEntry>): string => {
    const entry = { ...ENTRY, ...more };
    return chain.line(recordText(entry.requestId, recordTail(entry), Date.now()));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-audit-'));
    path = join(folder, 'audit.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('finds the latest matches first, and counts all', async () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => `KEY_${index} ü`);
    writeFileSync(path, keys.map((key) => line({ key }) + line({ key, tenant: 'other' })).join(''));
    appendFileSync(path, '{"action":"chain.end","chain":"c","seq":1,"hash":"h"}\n{"torn');
    const search = new AuditFileSearch(path);
    const matches = ({ key = '' }: { key?: string }) => key.startsWith('KEY_4');
    const found = await search.search({ tenant: 'main', matches, skip: 2, take: 3 });
    expect(found.total).toBe(keys.filter((key) => matches({ key })).length);
    expect(found.rows.map(({ key }) => key)).toEqual(['KEY_4997 ü', 'KEY_4996 ü', 'KEY_4995 ü']);
  });

  it('finds records of texts that hold what some programs end lines at, or show in another order, each in one line of plain characters', async () => {
    const text = 'x\u2028\u2029\u0085\u009b1m\u007f\u202etxt\u2066\u200b\ufeff\u{e0041}ü';
    const fields = { requestId: text, principal: text, address: text, namespace: text, key: text };
    const more = { credential: text, operation: text, target: text };
    const written = line({ ...fields, ...more });
    expect(written).toMatch(/^[\x20-\x7eü]+\n?$/);
    writeFileSync(path, written);
    const found = await new AuditFileSearch(path).search({ tenant: 'main', matches: () => true, skip: 0, take: 1 });
    const { requestId: request, ...others } = fields;
    expect(found.rows).toEqual([expect.objectContaining({ request, ...others, ...more })]);
  });

  it('reads every whole line of the end of a file, wherever its chunks begin', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `${index}`.padEnd(1 + ((index * 37) % 500), 'é'));
    writeFileSync(path, `${lines.join('\n')}\n`);
    const file = await open(path);
    const read = async (maxBytes: number): Promise<string[]> => {
      const all: string[] = [];
      for await (const some of linesBackwards(file, maxBytes)) all.push(...some);
      return all;
    };
    expect(await read(Infinity)).toEqual(lines.toReversed());
    for (const maxBytes of [1, 1_000, 262_144, 300_001]) {
      const some = await read(maxBytes);
      expect(some).toEqual(lines.toReversed().slice(0, some.length));
    }
    await file.close();
  });

  it('says that the file is not there, and allows one at a time', async () => {
    const search = new AuditFileSearch(path);
    const ask = () => search.search({ tenant: 'main', matches: () => true, skip: 0, take: 1 });
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    writeFileSync(path, line({}));
    const first = ask();
    await expect(ask()).rejects.toMatchObject({ code: 'overloaded' });
    expect((await first).total).toBe(1);
    expect((await ask()).total).toBe(1);
  });
});
