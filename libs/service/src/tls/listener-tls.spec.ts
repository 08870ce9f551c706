import { connect } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { Authenticator } from '@coffer/access';
import { Authority } from '@coffer/backend-conformance/certificates';
import { TlsClient } from '@coffer/backend-conformance/tls-client';
import { KeyRing } from '@coffer/crypto';
import { Metrics } from '@coffer/observability';
import { SecretValue, systemClock } from '@coffer/secrets';
import { HEALTH_LIMITS, serveHealth } from '../health-server.js';
import { ListenerTls } from './listener-tls.js';
import { TlsWatch } from './tls-watch.js';
import { TlsFiles, until } from './tls.fixture.js';

const LIVE = '/health/live';
const SCRAPER = {
  ...{ id: 'scraper', subjectClaim: 'subject/CN' },
  bindings: [
    {
      when: [{ claim: 'subject/CN', patterns: ['prometheus'] }],
      grants: [{ tenant: 'main', namespace: { text: 'metrics', parts: ['metrics'] }, permissions: ['list' as const] }],
    },
  ],
};

describe('the TLS of a port', () => {
  const files = new TlsFiles();
  const metrics = new Metrics();
  const lines: string[] = [];
  const collect = (_fields: unknown, line?: string): void => void lines.push(line ?? String(_fields));
  const logger = { info: collect, warn: collect, error: collect };
  const clock = { ...systemClock, ahead: 0, wall: () => Date.now() + clock.ahead };
  const clients: TlsClient[] = [];
  let port: number;
  let close: () => void;
  let watch: TlsWatch;

  const start = async (settleMs = 1): Promise<void> => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
    const authenticator = new Authenticator(ring, { tokens: [], users: [], certificates: [SCRAPER] });
    const tls = new ListenerTls(files.load(), { metrics, logger, clock });
    watch = new TlsWatch({ ...{ tls, metrics, logger }, reload: files.reload, intervalMs: 20, settleMs });
    const server = await serveHealth({
      ...{ metrics, missing: () => [], authenticator, tls, logger },
      settings: { host: '127.0.0.1', port: 0, keepAliveTimeout: 3_600_000 },
      limits: { ...HEALTH_LIMITS, headersMs: 3_600_000, requestMs: 3_600_000, idleMs: 3_600_000 },
    });
    expect(server.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    port = Number(new URL(server.address).port);
    close = server.close;
  };
  const client = (
    ...rest: ConstructorParameters<typeof TlsClient> extends [number, string, ...infer R] ? R : never
  ) => {
    const made = new TlsClient(port, files.authority.caFile, ...rest);
    clients.push(made);
    return made;
  };
  const figure = async (name: string): Promise<number> => {
    const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  };

  beforeEach(async () => {
    lines.length = 0;
    clock.ahead = 0;
    files.own(files.server('first'));
    files.trust(files.clients.caFile);
  });
  afterEach(() => {
    watch.stop();
    close();
    clients.splice(0).forEach((each) => each.close());
  });
  afterAll(() => files.remove());

  describe('without certificates of clients', () => {
    beforeEach(async () => {
      files.configure();
      await start();
    });

    it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
      expect((await client().get(LIVE)).protocol).toBe('TLSv1.3');
      expect((await client(undefined, { maxVersion: 'TLSv1.2' }).get(LIVE)).protocol).toBe('TLSv1.2');
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };
      expect(await client(undefined, old).outcome(LIVE)).toMatch(/^E/);
    });

    it('shows new connections a new certificate, and goes on with those that are open', async () => {
      const kept = client();
      expect((await kept.get(LIVE)).server).toBe('first');
      files.own(files.server('second', 3));
      await until(async () => (await client().get(LIVE)).server === 'second');
      expect(await kept.get(LIVE)).toMatchObject({ status: 200, server: 'first' });
      expect(lines).toContain('coffer.server.tls was read again and counts for new connections');
    });

    it('tells when the certificate ends', async () => {
      const shown = () => figure('coffer_tls_certificate_expiry_timestamp_seconds{certificate="server"}');
      const days = async () => Math.round(((await shown()) - Date.now() / 1_000) / 86_400);
      expect(await days()).toBe(2);
      files.own(files.server('longer', 9));
      await until(async () => (await days()) === 9);
    });

    it.each<[string, () => void]>([
      ['a certificate that is none', () => writeFileSync(join(files.folder, 'cert.pem'), 'canary')],
      ['a key that belongs elsewhere', () => files.own({ ...files.server('new'), keyFile: files.server('x').keyFile })],
      ['a configuration that is wrong', () => writeFileSync(files.file, 'coffer: {server: {tls: {cert: canary}}}')],
      ['a configuration without it', () => writeFileSync(files.file, 'coffer: {}')],
    ])('keeps what it had through %s, and says so once', async (_what, damage) => {
      damage();
      await until(async () => (await figure('coffer_tls_stale')) === 1);
      expect((await client().get(LIVE)).server).toBe('first');
      files.configure();
      files.own(files.server('mended'));
      await until(async () => (await client().get(LIVE)).server === 'mended');
      expect(await figure('coffer_tls_stale')).toBe(0);
      const errors = lines.filter((line) => line.includes('cannot count as it is now'));
      expect(errors).toHaveLength(1);
      expect(lines.join('\n')).not.toContain('canary');
    });

    it('closes a connection that speaks plain HTTP', async () => {
      const socket = connect(port, '127.0.0.1');
      const received = new Promise<string>((resolve) => {
        let text = '';
        socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
        socket.on('error', () => undefined).on('close', () => resolve(text));
      });
      socket.write(`GET ${LIVE} HTTP/1.1\r\nhost: x\r\n\r\n`);
      expect(await received).not.toContain('200');
      expect(await client().outcome(LIVE)).toBe(200);
    });

    it('asks nobody for a certificate until a restart', async () => {
      files.configure('required');
      await until(async () => (await figure('coffer_tls_stale')) === 1);
      expect(await client().outcome(LIVE)).toBe(200);
    });
  });

  describe('with certificates of clients', () => {
    const refused = expect.stringMatching(/^(ECONNRESET|EPIPE)$/);
    const outcomes = async () => {
      const foreign = files.authority.issue('client');
      const expired = files.clients.issue('client', { days: -1 });
      return Promise.all(
        [undefined, foreign, expired, files.clients.issue('client')].map((each) => client(each).outcome(LIVE)),
      );
    };

    it('lets in nobody without one that counts, where one is required', async () => {
      files.configure('required');
      await start();
      expect(await outcomes()).toEqual([refused, refused, refused, 200]);
      for (const reason of ['missing', 'untrusted', 'expired']) {
        expect([reason, await figure(`coffer_tls_connections_refused_total{reason="${reason}"}`)]).toEqual([reason, 1]);
      }
    });

    it('lets in everybody where it is optional', async () => {
      files.configure('optional');
      await start();
      expect(await outcomes()).toEqual([200, 200, 200, 200]);
    });

    it('shows the figures to whom a certificate names, and to nobody else', async () => {
      files.configure('optional');
      await start();
      const scraper = client(files.clients.issue('prometheus'));
      expect([await scraper.outcome('/metrics'), await client().outcome('/metrics')]).toEqual([200, 401]);
      expect(await client(files.clients.issue('somebody')).outcome('/metrics')).toBe(401);
      expect(await scraper.outcome('/metrics', { 'sec-fetch-site': 'cross-site' })).toBe(401);
    });

    it.each<[string, () => void]>([
      ['its certificate has expired', () => void (clock.ahead = 3 * 86_400_000)],
      ['its authority is gone', () => files.trust(files.authority.caFile)],
    ])('cuts a connection once %s, where one is required', async (_what, end) => {
      files.configure('required');
      await start();
      const { certFile, keyFile } = files.clients.issue('client');
      const own = {
        cert: readFileSync(certFile),
        key: readFileSync(keyFile),
        ca: readFileSync(files.authority.caFile),
      };
      const socket = connectTls({ ...own, port, host: '127.0.0.1' });
      const received: string[] = [];
      const closed = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
      socket.on('data', (chunk: Buffer) => received.push(chunk.toString('latin1')));
      socket.write(`GET ${LIVE} HTTP/1.1\r\nhost: x\r\n\r\n`);
      await until(() => received.join('').includes('HTTP/1.1 200'));
      expect(socket.destroyed).toBe(false);
      end();
      await closed;
    });

    it('knows no part of its authorities while their file is written', async () => {
      const others = new Authority(files.folder, 'others');
      files.configure('required');
      files.trust(files.clients.caFile, others.caFile);
      await start(2_000);
      const theirs = others.issue('client');
      expect(await client(theirs).outcome(LIVE)).toBe(200);
      files.trust(files.clients.caFile);
      for (let look = 0; look < 20; look += 1) {
        expect(await client(theirs).outcome(LIVE)).toBe(200);
        await pause(10);
      }
      files.trust(files.clients.caFile, others.caFile, files.authority.caFile);
      const late = files.authority.issue('client');
      await until(async () => (await client(late).outcome(LIVE)) === 200);
      expect(await client(theirs).outcome(LIVE)).toBe(200);
    });

    it('changes between the two, and the authorities, while it listens', async () => {
      files.configure('optional');
      await start();
      expect(await client().outcome(LIVE)).toBe(200);
      files.configure('required');
      await until(async () => (await client().outcome(LIVE)) !== 200);
      const foreign = files.authority.issue('client');
      expect(await client(foreign).outcome(LIVE)).toEqual(refused);
      files.trust(files.authority.caFile);
      await until(async () => (await client(foreign).outcome(LIVE)) === 200);
      expect(await client(files.clients.issue('client')).outcome(LIVE)).toEqual(refused);
    });
  });
});
