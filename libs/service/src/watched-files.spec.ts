import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadFile } from '@coffer/config';
import { loadSettled, loadWatched, Poller } from './watched-files.js';

const folder = mkdtempSync(join(tmpdir(), 'coffer-files-'));
const [file, other] = [join(folder, 'coffer.yml'), join(folder, 'k2.key')];
afterAll(() => rmSync(folder, { recursive: true }));

const both = (readFile: ReadFile): string => `${readFile(file)} ${readFile(other)}`;

describe('loadSettled', () => {
  it('begins before it returns, and loads once where nothing changes', async () => {
    writeFileSync(file, 'keys');
    writeFileSync(other, 'secret');
    let loads = 0;
    const loaded = loadSettled((readFile) => `${(loads += 1)} ${both(readFile)}`, 1);
    expect(loads).toBe(1);
    expect((await loaded).result()).toBe('1 keys secret');
  });

  it.each([
    ['emptied first', ''],
    ['written in parts', 'sec'],
  ])('takes no part of a file that is %s', async (_what, part) => {
    writeFileSync(file, 'keys');
    writeFileSync(other, part);
    let loads = 0;
    const { result } = await loadSettled((readFile) => {
      const text = both(readFile);
      // The rest comes after each of the first readings.
      loads += 1;
      if (loads < 4) writeFileSync(other, 'secret'.slice(0, part.length + loads));
      if (loads === 4) writeFileSync(other, 'secret');
      return text;
    }, 1);
    expect(result()).toBe('keys secret');
  });

  it('throws what the last reading threw', async () => {
    rmSync(other);
    const { result, files } = await loadSettled(both, 1);
    expect(result).toThrow('ENOENT');
    expect([files.textOf(file), files.textOf(other), await files.changed()]).toEqual(['keys', undefined, false]);
    writeFileSync(other, 'secret');
    expect(await files.changed()).toBe(true);
  });

  it('ends where a file never says the same twice', async () => {
    let loads = 0;
    const { result } = await loadSettled((readFile) => {
      const text = readFile(file);
      writeFileSync(file, String((loads += 1)));
      return text;
    }, 1);
    expect(result()).toBe(String(loads - 1));
  });
});

describe('loadWatched', () => {
  it('has the text that was loaded, whatever the file says since', () => {
    writeFileSync(file, 'before');
    const { files, result } = loadWatched((readFile) => readFile(file));
    writeFileSync(file, 'since');
    expect([result(), files.textOf(file), readFileSync(file, 'utf8')]).toEqual(['before', 'before', 'since']);
  });
});

describe('Poller', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('looks again an interval after the look before has ended, also where that failed', async () => {
    let looks = 0;
    let end: ((error?: Error) => void) | undefined;
    const look = (): Promise<void> => {
      looks += 1;
      return new Promise((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
    };
    const poller = new Poller(look, 100);
    poller.start();
    await jest.advanceTimersByTimeAsync(99);
    expect(looks).toBe(0);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(looks).toBe(1);
    for (const error of [undefined, new Error('failed'), undefined]) {
      const before = looks;
      end?.(error);
      await jest.advanceTimersByTimeAsync(100);
      expect(looks).toBe(before + 1);
    }
    poller.stop();
  });

  it('does not look again after it was stopped, before a look or during one', async () => {
    const ends: (() => void)[] = [];
    const poller = (): Poller => new Poller(() => new Promise((resolve) => ends.push(resolve)), 100);
    const [before, during] = [poller(), poller()];
    before.start();
    before.stop();
    during.start();
    await jest.advanceTimersByTimeAsync(100);
    expect(ends).toHaveLength(1);
    during.stop();
    ends.forEach((end) => end());
    during.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect([ends.length, before.stopped, during.stopped]).toEqual([1, true, true]);
  });
});
