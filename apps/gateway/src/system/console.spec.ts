import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { ConsoleFiles } from './console-files.js';

const PAGE = '<!doctype html><title>Coffer</title>';
const SCRIPT = 'export {};';

const folder = mkdtempSync(join(tmpdir(), 'console-'));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), PAGE);
writeFileSync(join(folder, 'manifest.json'), '{}');
writeFileSync(join(folder, 'assets/main-abc.js'), SCRIPT);
writeFileSync(join(folder, 'assets/main-abc.js.br'), brotliCompressSync(SCRIPT));
writeFileSync(join(folder, 'assets/main-abc.js.gz'), gzipSync(SCRIPT));
writeFileSync(join(folder, '../beside-the-console'), 'secret');

afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(join(folder, '../beside-the-console'));
});

describe('files of a build', () => {
  const files = new ConsoleFiles(folder);
  const textOf = async (path: string): Promise<string | undefined> => (await files.find(path, ''))?.bytes.toString();

  it('are found by exact name; everything else is an address of the application', async () => {
    expect(await textOf('assets/main-abc.js')).toBe(SCRIPT);
    for (const path of ['', 'index.html', 'main/secrets', 'main/secrets/a.js', '../beside-the-console']) {
      expect(await textOf(path)).toBe(PAGE);
    }
    expect(await textOf('manifest.json')).toBe(PAGE);
    expect(files.find('assets/main-old.js', '')).toBeUndefined();
    expect(files.find('assets/../../beside-the-console', '')).toBeUndefined();
  });

  it('come in the smallest encoding that is taken', async () => {
    const encodingFor = async (accepted: string) =>
      (await files.find('assets/main-abc.js', accepted))?.headers['content-encoding'];
    expect(await encodingFor('gzip, deflate, br')).toBe('br');
    expect(await encodingFor('gzip;q=0.5')).toBe('gzip');
    expect(await encodingFor('br;q=0, gzip; q=0.000')).toBeUndefined();
    expect(await encodingFor('')).toBeUndefined();
    expect((await files.find('', 'br'))?.headers['content-encoding']).toBeUndefined();
  });

  it('are kept by browsers for as long as their names hold', async () => {
    expect((await files.find('assets/main-abc.js', ''))?.headers['cache-control']).toContain('immutable');
    expect((await files.find('main/secrets', ''))?.headers['cache-control']).toBe('no-cache');
  });

  it('may be built later', async () => {
    const late = join(folder, 'late');
    const found = new ConsoleFiles(late);
    expect(found.find('', '')).toBeUndefined();
    mkdirSync(late);
    writeFileSync(join(late, 'index.html'), PAGE);
    expect((await found.find('', ''))?.bytes.toString()).toBe(PAGE);
  });
});

describe('GET /ui', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await openTestApi({ consoleFolder: folder });
  });
  afterAll(() => api.app.close());
  const get = (url: string, headers: Record<string, string> = {}) => api.app.inject({ method: 'GET', url, headers });

  it('serves pages without a token, under a policy without inline scripts and styles', async () => {
    for (const url of ['/ui/', '/ui/main/secrets?ns=company.team&q=a&q=b', '/ui/main/compare?a=%2F']) {
      const answer = await get(url);
      expect([answer.statusCode, answer.body]).toEqual([200, PAGE]);
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-cache',
        'content-type': 'text/html; charset=utf-8',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https:|\*/);
    }
    const { statusCode, headers } = await get('/ui');
    expect([statusCode, headers.location]).toEqual([308, '/ui/']);
  });

  it('serves hashed files compressed, and nothing again that is known', async () => {
    const answer = await get('/ui/assets/main-abc.js', { 'accept-encoding': 'br' });
    expect([answer.statusCode, answer.headers['content-encoding'], answer.headers['content-type']]).toEqual([
      ...[200, 'br', 'text/javascript; charset=utf-8'],
    ]);
    expect(answer.rawPayload).toEqual(brotliCompressSync(SCRIPT));
    const known = { 'accept-encoding': 'br', 'if-none-match': String(answer.headers.etag) };
    expect(await get('/ui/assets/main-abc.js', known)).toMatchObject({ statusCode: 304, body: '' });
    expect((await get('/ui/assets/main-old.js')).statusCode).toBe(404);
    expect((await get('/ui/%FF')).statusCode).toBe(400);
  });
});
