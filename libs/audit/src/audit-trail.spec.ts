import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditDestination } from './sinks/audit-destination.js';
import { FileDestination } from './sinks/file-destination.js';
import { BrokenDestination, ENTRY, keysOf, linesOf, openTrail, until, verify } from './trail.fixture.js';

describe('an audit trail', () => {
  let folder: string;
  let path: string;
  const read = (file = path): string => readFileSync(file, 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-audit-'));
    path = join(folder, 'audit.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes one chained line for each record, to a file of its owner alone', async () => {
    const { trail } = openTrail([new FileDestination(path)]);
    const keys = Array.from({ length: 100 }, (_, index) => `KEY "${index}"`);
    const taken = await Promise.all(keys.map((key) => trail.record({ ...ENTRY, key })));
    expect(taken).toEqual(keys.map(() => true));
    await trail.close();
    expect(keysOf(read())).toEqual(keys);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(verify(read())).toMatchObject({ lines: 102, problems: [], chains: [{ seq: 102, ended: true }] });
  });

  it('writes all records of one turn of the event loop at once', async () => {
    const writes: string[] = [];
    const destination: AuditDestination = {
      open: async () => ({}),
      write: async (lines) => void writes.push(lines),
      close: async () => undefined,
    };
    const { trail } = openTrail([destination]);
    await Promise.all(Array.from({ length: 50 }, () => trail.record(ENTRY)));
    expect(writes.map((lines) => linesOf(lines).length)).toEqual([1, 50]);
  });

  it('says nothing of a record before some sink has it', async () => {
    const release = Promise.withResolvers<void>();
    const slow: AuditDestination = {
      open: async () => ({}),
      write: () => release.promise,
      close: async () => undefined,
    };
    const { trail } = openTrail([slow]);
    let taken: boolean | undefined;
    trail.append(ENTRY, true, (is) => (taken = is));
    await pause(20);
    expect(taken).toBeUndefined();
    release.resolve();
    await until(() => taken !== undefined);
    expect(taken).toBe(true);
  });

  it('is content with one of several sinks, and gives the others the record when they can take it', async () => {
    const failing = new BrokenDestination();
    const { trail, counts } = openTrail([failing, new FileDestination(path)]);
    expect(await trail.record(ENTRY)).toBe(true);
    expect(counts[0]?.trouble).toHaveLength(1);
    failing.isBroken = false;
    await until(() => keysOf(failing.text).length === 1);
    expect(counts[0]?.trouble).toEqual([expect.any(Error), undefined]);
    await trail.close();
  });

  it('goes on in a file where the process before it ended, also in the middle of a line', async () => {
    const first = openTrail([new FileDestination(path)]);
    await first.trail.record(ENTRY);
    await first.trail.close();
    const torn = `${read()}{"time":"2026`;
    writeFileSync(path, torn);
    const second = openTrail([new FileDestination(path)]);
    await second.trail.record(ENTRY);
    await second.trail.close();
    expect(verify(read())).toMatchObject({ problems: [], tornLines: 1, chains: [{ seq: 3 }, { seq: 3 }] });
    // The end of the first chain is cut: the second one says where it was.
    const cut = linesOf(read()).filter((_, index) => index !== 2);
    expect(verify(`${cut.join('\n')}\n`).problems).toEqual([
      { line: 4, problem: expect.stringContaining('its end was cut') },
    ]);
  });

  it('begins a new chain in a new file once it is told to open files anew', async () => {
    const { trail } = openTrail([new FileDestination(path)]);
    await trail.record({ ...ENTRY, key: 'A' });
    const moved = join(folder, 'audit.jsonl.1');
    renameSync(path, moved);
    await trail.record({ ...ENTRY, key: 'B' });
    trail.reopen();
    await trail.record({ ...ENTRY, key: 'C' });
    await trail.close();
    expect([keysOf(read(moved)), keysOf(read())]).toEqual([['A', 'B'], ['C']]);
    expect(verify(read(moved), read()).problems).toEqual([]);
    expect(verify(read()).problems).toEqual([]);
    const cut = `${linesOf(read(moved)).slice(0, -1).join('\n')}\n`;
    expect(verify(cut, read()).problems).toHaveLength(1);
  });

  it('begins a new file where the one that it writes to was removed, and says what it comes after', async () => {
    const { trail, counts } = openTrail([new FileDestination(path)]);
    await trail.record({ ...ENTRY, key: 'A' });
    rmSync(path);
    // What is written right after it is lost with the file.
    for (let count = 0; !existsSync(path); count += 1) {
      if (count > 200) throw new Error('the file was not made again');
      await trail.record({ ...ENTRY, key: 'LOST' });
      await pause(20);
    }
    expect(await trail.record({ ...ENTRY, key: 'B' })).toBe(true);
    await trail.close();
    expect(keysOf(read()).at(-1)).toBe('B');
    expect(verify(read())).toMatchObject({ problems: [], beginsAfter: { seq: expect.any(Number) } });
    expect(counts[0]?.trouble).toEqual([expect.objectContaining({ code: 'ENOENT' }), undefined]);
  });

  describe('verification', () => {
    let lines: string[];
    const problemsOf = (changed: readonly string[]): number => verify(`${changed.join('\n')}\n`).problems.length;

    beforeEach(async () => {
      const { trail } = openTrail([new FileDestination(path)]);
      for (let index = 0; index < 8; index += 1) await trail.record({ ...ENTRY, key: `K${index}` });
      await trail.close();
      lines = linesOf(read());
    });

    it('finds every line that is cut, but for the end', () => {
      expect(problemsOf(lines)).toBe(0);
      for (let at = 0; at < lines.length - 1; at += 1) expect(problemsOf(lines.toSpliced(at, 1))).toBeGreaterThan(0);
      expect(verify(`${lines.slice(0, -1).join('\n')}\n`).chains).toMatchObject([{ ended: false }]);
    });

    it('finds every line that is changed or swapped with another, and counts copies', () => {
      for (let at = 1; at < lines.length - 1; at += 1) {
        const line = lines[at] as string;
        expect(problemsOf(lines.with(at, line.replace('token:ci', 'token:cj').replace('chain.end', 'chain.enf')))).toBe(
          line.includes('token:ci') ? 1 : 0,
        );
        expect(problemsOf(lines.with(at, line.replace('"hash":"', '"hash":"A')))).toBeGreaterThan(0);
        const copied = lines.toSpliced(at + 1, 0, lines[1] as string);
        expect(verify(`${copied.join('\n')}\n`)).toMatchObject({ problems: [], repeatedLines: 1 });
        expect(problemsOf(lines.with(at, lines[at + 1] as string).with(at + 1, line))).toBeGreaterThan(0);
      }
      expect(problemsOf(lines.with(3, 'no line'))).toBeGreaterThan(0);
    });

    it('finds what stands behind a hash', () => {
      for (let at = 0; at < lines.length; at += 1) {
        const line = lines[at] as string;
        for (const more of [',"principal":"token:other"', ',"action":"chain.end"', ' ']) {
          expect(problemsOf(lines.with(at, `${line.slice(0, -1)}${more}}`))).toBe(1);
        }
        expect(problemsOf(lines.with(at, `${line} `))).toBe(1);
      }
    });

    it('finds a line that is put in under the number and the hash of another', () => {
      for (let at = 0; at < lines.length; at += 1) {
        const forged = (lines[at] as string).replace('"time":"', '"time":"1');
        expect(problemsOf(lines.toSpliced(at + 1, 0, forged))).toBe(1);
        expect(problemsOf([...lines, forged])).toBe(1);
      }
    });

    it('believes no end of a chain that is put in over one that was cut', () => {
      const cut = lines.slice(0, -1);
      const forged = (cut.at(-1) as string).replace('"action":"secret.read"', '"action":"chain.end"');
      const found = verify(`${[...cut, forged].join('\n')}\n`);
      expect([found.problems.length, found.chains]).toEqual([1, [expect.objectContaining({ ended: false, seq: 9 })]]);
    });

    it('says what the first chain continues, where that is in none of the files', async () => {
      const { chain, seq } = JSON.parse(lines.at(-1) as string) as { chain: string; seq: number };
      const { trail } = openTrail([new FileDestination(path)]);
      await trail.record(ENTRY);
      await trail.close();
      expect(verify(read())).toMatchObject({ problems: [], beginsAfter: undefined });
      const later = linesOf(read()).slice(lines.length);
      expect(verify(`${later.join('\n')}\n`)).toMatchObject({ problems: [], beginsAfter: { chain, seq } });
    });

    it('knows lines that were sent again, each as it was written', () => {
      for (let from = 0; from < lines.length; from += 1) {
        for (let to = from + 1; to <= lines.length; to += 1) {
          const again = lines.toSpliced(to, 0, ...lines.slice(from, to));
          expect(verify(`${again.join('\n')}\n`)).toMatchObject({
            problems: [],
            repeatedLines: to - from,
            chains: [{ seq: lines.length, ended: true }],
          });
        }
      }
      const changed = lines.slice(1, 4).with(1, (lines[2] as string).replace('token:ci', 'token:cj'));
      expect(problemsOf(lines.toSpliced(4, 0, ...changed))).toBe(1);
    });
  });

  describe('over a sink that does not take records', () => {
    it('refuses in time, does not write later what it refused, and recovers by itself: a full pipe', async () => {
      execFileSync('mkfifo', [path]);
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const drain = (): string => {
        const chunk = Buffer.alloc(1 << 20);
        let text = '';
        for (;;) {
          let length: number;
          try {
            length = readSync(reader, chunk);
          } catch {
            return text;
          }
          if (length === 0) return text;
          text += chunk.toString('utf8', 0, length);
        }
      };
      const opened = openTrail([new FileDestination(path)], { timeoutMs: 300 });
      const { trail } = opened;
      const filler = { ...ENTRY, key: 'x'.repeat(256) };
      let full = false;
      for (let round = 0; round < 2_000 && !full; round += 1) full = !(await trail.record(filler));
      expect(full).toBe(true);
      expect(opened.refused).toBeGreaterThan(0);
      const refused = await Promise.all([trail.record({ ...ENTRY, key: 'REFUSED' }), trail.record(ENTRY, false)]);
      expect(refused).toEqual([false, false]);
      let text = '';
      const reading = setInterval(() => (text += drain()), 5);
      await until(() => text.endsWith('\n') && keysOf(text).includes('KEY'));
      while (!(await trail.record({ ...ENTRY, key: 'AFTER' })));
      await trail.close();
      clearInterval(reading);
      text += drain();
      closeSync(reader);
      const keys = keysOf(text);
      expect(keys).toContain('AFTER');
      // Nobody's answer depends on it: it is written once there is room.
      expect(keys.filter((key) => key === 'KEY')).toHaveLength(1);
      expect(keys).not.toContain('REFUSED');
      expect(verify(text).problems).toEqual([]);
    });

    it('a pipe that nobody has opened', async () => {
      execFileSync('mkfifo', [path]);
      const { trail, counts } = openTrail([new FileDestination(path)], { timeoutMs: 500 });
      expect(await trail.record(ENTRY)).toBe(false);
      expect(counts[0]?.trouble[0]).toMatchObject({ code: 'ENXIO' });
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      while (!(await trail.record({ ...ENTRY, key: 'AFTER' })));
      await trail.close();
      closeSync(reader);
    });

    it('a full disk', async () => {
      const { trail, counts } = openTrail([new FileDestination('/dev/full')], { timeoutMs: 30 });
      expect(await trail.record(ENTRY)).toBe(false);
      expect(counts[0]?.trouble[0]).toMatchObject({ code: 'ENOSPC' });
      await trail.close();
    });

    it('refuses at once what its queue has no room for, counts it, and says so in the chain', async () => {
      const failing = new BrokenDestination();
      const { trail, counts, sinks } = openTrail([failing], { timeoutMs: 600_000, queueMaxBytes: 4_096 });
      const waiting: Promise<boolean>[] = [];
      while (counts[0]?.lost === 0) {
        waiting.push(trail.record(ENTRY));
        await pause(0);
      }
      expect(await waiting.at(-1)).toBe(false);
      expect(sinks[0]?.memory.bytes).toBeLessThanOrEqual(4_096);
      failing.isBroken = false;
      expect(new Set(await Promise.all(waiting.slice(0, -1)))).toEqual(new Set([true]));
      await trail.record(ENTRY);
      await trail.close();
      expect(verify(failing.text)).toMatchObject({ problems: [], lostRecords: counts[0]?.lost });
    });

    it('closes all the same', async () => {
      const { trail } = openTrail([
        { open: () => new Promise(() => undefined), write: async () => undefined, close: async () => undefined },
      ]);
      const record = trail.record(ENTRY);
      await trail.close();
      expect(await record).toBe(false);
    });
  });
});
