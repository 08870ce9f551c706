import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ENTRY, keysOf, openTrail, until, verify } from '../trail.fixture.js';
import type { AuditDestination } from './audit-destination.js';
import { FileDestination } from './file-destination.js';

/** A file whose writes fail, once `code` is set, until it is opened anew or, where that is so, the code is taken away. */
class FailingFile extends FileDestination {
  code: string | undefined;
  opened = 0;

  override open(): ReturnType<FileDestination['open']> {
    this.opened += 1;
    if (this.opened > 1) this.code = undefined;
    return super.open();
  }

  override write(lines: string): Promise<void> {
    return this.code === undefined ? super.write(lines) : Promise.reject(this.#error());
  }

  override writeNow(lines: string): boolean {
    if (this.code === undefined) return super.writeNow(lines);
    throw this.#error();
  }

  #error(): Error {
    return Object.assign(new Error('write'), { code: this.code });
  }
}

describe('AuditSink', () => {
  let folder: string;
  let path: string;
  const read = (file = path): string => readFileSync(file, 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-audit-'));
    path = join(folder, 'audit.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('opens its destination anew after an error that does not pass, and chains the same records anew', async () => {
    const file = new FailingFile(path);
    const { trail } = openTrail([file], { timeoutMs: 5_000 });
    await trail.record({ ...ENTRY, key: 'A' });
    file.code = 'EIO';
    expect(await trail.record({ ...ENTRY, key: 'B' })).toBe(true);
    await trail.close();
    expect(file.opened).toBe(2);
    expect(keysOf(read())).toEqual(['A', 'B']);
    expect(verify(read())).toMatchObject({ problems: [], chains: [{ seq: 2 }, { seq: 3, ended: true }] });
  });

  it('writes in the very step in which a turn of the event loop ends, where its destination can', async () => {
    const texts: string[] = [];
    let isBlocked = false;
    const destination: AuditDestination = {
      open: async () => ({}),
      write: async (lines) => void texts.push(`slow ${lines}`),
      writeNow: (lines) => {
        if (isBlocked) return false;
        texts.push(lines);
        return true;
      },
      close: async () => undefined,
    };
    const { trail, counts } = openTrail([destination]);
    await trail.record({ ...ENTRY, key: 'OPENS' });
    // What began the chain is done with.
    await pause(0);
    const taken: boolean[] = [];
    trail.append({ ...ENTRY, key: 'A' }, true, (is) => taken.push(is));
    trail.append({ ...ENTRY, key: 'B' }, false, (is) => taken.push(is));
    await new Promise((resolve) => setImmediate(resolve));
    expect([taken, keysOf(texts.at(-1) ?? '')]).toEqual([
      [true, true],
      ['A', 'B'],
    ]);
    isBlocked = true;
    expect(await trail.record({ ...ENTRY, key: 'C' })).toBe(true);
    expect(texts.at(-1)).toMatch(/^slow .*"key":"C"/);
    await trail.close();
    expect(verify(texts.join('').replaceAll('slow ', ''))).toMatchObject({ problems: [], chains: [{ ended: true }] });
    expect(counts[0]?.written).toBe(4);
  });

  it('writes the rest of what a pipe took in part', async () => {
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const chunk = Buffer.alloc(16_384);
    let text = '';
    const drain = (): void => {
      try {
        text += chunk.toString('latin1', 0, readSync(reader, chunk));
      } catch {
        // It is empty.
      }
    };
    const { trail, counts } = openTrail([new FileDestination(path)], { timeoutMs: 60_000 });
    await trail.record({ ...ENTRY, key: 'FIRST' });
    await pause(0);
    // The records are more than a pipe holds.
    const keys = Array.from({ length: 100 }, (_, index) => `${'x'.repeat(1_000)}${index}`);
    const taken = Promise.all(keys.map((key) => trail.record({ ...ENTRY, key })));
    await until(() => {
      drain();
      return text.includes('x99');
    });
    expect(new Set(await taken)).toEqual(new Set([true]));
    await trail.close();
    drain();
    closeSync(reader);
    expect(keysOf(text)).toEqual(['FIRST', ...keys]);
    expect(verify(text)).toMatchObject({ problems: [], chains: [{ ended: true }] });
    expect(counts[0]?.failed).toBe(0);
  });

  it('keeps to the file while its disk is full, and leaves it when it is told to', async () => {
    const file = new FailingFile(path);
    const { trail, counts } = openTrail([file], { timeoutMs: 5_000 });
    await trail.record({ ...ENTRY, key: 'A' });
    file.code = 'ENOSPC';
    const taken = trail.record({ ...ENTRY, key: 'B' });
    await until(() => (counts[0]?.failed ?? 0) > 1);
    expect(file.opened).toBe(1);
    const moved = `${path}.1`;
    renameSync(path, moved);
    trail.reopen();
    expect(await taken).toBe(true);
    await trail.close();
    expect([keysOf(read(moved)), keysOf(read())]).toEqual([['A'], ['B']]);
    expect(verify(read(moved), read()).problems).toEqual([]);
  });

  it('closes its destination at once when it is told to open it anew while nothing is written', async () => {
    let closed = 0;
    const destination: AuditDestination = {
      open: async () => ({}),
      write: async () => undefined,
      close: async () => void (closed += 1),
    };
    const { trail } = openTrail([destination]);
    await trail.record(ENTRY);
    await pause(0);
    trail.reopen();
    await until(() => closed === 1);
    expect(await trail.record(ENTRY)).toBe(true);
    await trail.close();
  });

  it('takes a pipe whose reader is slower for a healthy one', async () => {
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const chunk = Buffer.alloc(16_384);
    const parts: Buffer[] = [];
    const reading = setInterval(() => {
      try {
        const length = readSync(reader, chunk);
        parts.push(Buffer.from(chunk.subarray(0, length)));
      } catch {
        // There is nothing yet.
      }
    }, 2);
    const { trail, counts } = openTrail([new FileDestination(path)]);
    const taken = await Promise.all(Array.from({ length: 1_000 }, () => trail.record(ENTRY)));
    expect(new Set(taken)).toEqual(new Set([true]));
    expect(counts[0]).toMatchObject({ failed: 0, trouble: [] });
    await trail.close();
    await until(() => Buffer.concat(parts).toString().includes('chain.end'));
    clearInterval(reading);
    closeSync(reader);
    expect(verify(Buffer.concat(parts).toString()).problems).toEqual([]);
  });

  describe('that takes nothing', () => {
    const broken: AuditDestination = {
      open: async () => ({}),
      write: () => Promise.reject(new Error('broken')),
      close: async () => undefined,
    };

    it('counts bytes, not characters', async () => {
      const { trail, sinks } = openTrail([broken]);
      const bytesOf = async (key: string): Promise<number> => {
        const before = sinks[0]?.memory.bytes ?? 0;
        trail.append({ ...ENTRY, key }, true);
        await until(() => (sinks[0]?.memory.bytes ?? 0) > before);
        return (sinks[0]?.memory.bytes ?? 0) - before;
      };
      expect((await bytesOf('€'.repeat(200))) - (await bytesOf('x'.repeat(200)))).toBe(400);
      await trail.close();
    }, 20_000);

    it('holds no record that was given up, but for the ones that are being written', async () => {
      const { trail, sinks } = openTrail([broken], { timeoutMs: 50 });
      expect(await trail.record(ENTRY)).toBe(false);
      const underWay = sinks[0]?.memory.bytes;
      for (let turn = 0; turn < 3; turn += 1) expect(await trail.record(ENTRY)).toBe(false);
      expect(sinks[0]?.memory.bytes).toBe(underWay);
      await trail.close();
    }, 20_000);

    it('gives at most half of its queue to records that no answer needs', async () => {
      const { trail, sinks, counts } = openTrail([broken], { timeoutMs: 600_000, queueMaxBytes: 16_384 });
      while (counts[0]?.lost === 0) {
        trail.append(ENTRY, false);
        await pause(0);
      }
      expect(sinks[0]?.memory.bytes).toBeLessThanOrEqual(8_192);
      const before = sinks[0]?.memory.bytes as number;
      trail.append(ENTRY, true);
      trail.append(ENTRY, false);
      await until(() => (sinks[0]?.memory.bytes ?? 0) > before);
      expect(counts[0]?.lost).toBe(2);
      await trail.close();
    }, 20_000);
  });
});
