import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Authority } from '@coffer/backend-conformance/certificates';
import { obtainKestra, type Kestra } from '@coffer/test-servers/kestra';
import { api, removeFolder, scratchFolder, startCoffer, type Coffer } from '../../harness/index.js';
import { FlowRunner } from './flow-runner.js';
import { OBTAIN_TIMEOUT_MS, variable } from './secret-texts.js';

/** More than the jar reads of an answer. */
const TOO_LONG_BYTES = 17 * 1024 * 1024;

type Respond = (response: ServerResponse) => void;

const json =
  (status: number, body: object): Respond =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** What a load balancer before Coffer answers while there is no Coffer behind it. */
const unavailable: Respond = (response) => response.writeHead(503).end('<h1>503</h1>');
const silence: Respond = () => undefined;

/** How the jar reaches Coffer, and what becomes of a secret where it does not. */
export const describeConnections = (series: '1.3' | '2.0'): void =>
  describe(`The connection of Kestra ${series} to Coffer`, () => {
    const folder = scratchFolder();
    const dataFolder = join(folder, 'coffer');
    const tokenFile = join(folder, 'token');
    const authority = new Authority(folder, 'authority');
    let kestra: Kestra;
    let coffer: Coffer;
    let balancer: Server;
    let respond: Respond = unavailable;
    let runners = 0;

    const launch = (env: Readonly<Record<string, string>>): Promise<FlowRunner> => {
      const own = join(folder, `kestra-${(runners += 1)}`);
      mkdirSync(own);
      return FlowRunner.launch(kestra, {
        folder: own,
        flags: [`-javaagent:${kestra.agent}`],
        env: { SECRET_VARIABLE: variable('of-the-process'), COFFER_TOKEN_FILE: tokenFile, ...env },
      });
    };
    const using = async (
      env: Readonly<Record<string, string>>,
      tried: (runner: FlowRunner) => Promise<void>,
    ): Promise<void> => {
      const runner = await launch(env);
      try {
        await tried(runner);
      } finally {
        await runner.stop();
      }
    };

    beforeAll(async () => {
      kestra = await obtainKestra(series, (line) => process.stderr.write(`kestra: ${line}\n`));
      const first = await startCoffer({ dataFolder });
      writeFileSync(tokenFile, first.token);
      expect((await api(first.url, first.token).put('company.team', { key: 'OWN', value: 'by-tls' })).status).toBe(200);
      await first.stop();
      const { certFile, keyFile } = authority.issue('coffer', { alternative: 'IP:127.0.0.1' });
      const config = JSON.stringify({ coffer: { server: { tls: { cert: certFile, key: keyFile } } } });
      coffer = await startCoffer({ dataFolder, config, token: first.token });
      balancer = createServer((request, response) => {
        request.resume();
        respond(response);
      });
      await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve));
    }, OBTAIN_TIMEOUT_MS);

    afterAll(async () => {
      await coffer?.stop();
      balancer?.closeAllConnections();
      balancer?.close();
      removeFolder(folder);
    });

    test('coffer.ca: the authorities of the file are trusted', async () => {
      expect(coffer.url).toMatch(/^https:/);
      await using({ COFFER_URL: coffer.url, COFFER_CA: authority.caFile }, async (runner) => {
        expect(await runner.find('company.team', 'OWN')).toBe('by-tls');
      });
    });

    test('coffer.ca: no others are, and no variable stands in for a Coffer that is not trusted', async () => {
      const other = new Authority(folder, 'other');
      await using({ COFFER_URL: coffer.url, COFFER_CA: other.caFile }, async (runner) => {
        for (const key of ['OWN', 'VARIABLE'])
          await expect(runner.find('company.team', key)).rejects.toThrow(/cannot be reached: SSLHandshakeException/);
      });
    });

    test('coffer.ca: a file without a certificate keeps Kestra from starting', async () => {
      const file = join(folder, 'empty.pem');
      writeFileSync(file, '# none yet\n');
      await expect(launch({ COFFER_URL: coffer.url, COFFER_CA: file })).rejects.toThrow(
        /coffer\.ca has to be a file of certificates in PEM/,
      );
    });

    test('on-error: fallback uses variables for what may pass, and for no refusal', async () => {
      const url = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`;
      const settings = { COFFER_URL: url, COFFER_TIMEOUT: '5s', COFFER_ON_ERROR: 'fallback' };
      await using(settings, async (runner) => {
        const passing: readonly (readonly [Respond, RegExp])[] = [
          [unavailable, /answered 503 without JSON/],
          [json(429, { code: 'rate-limited', detail: 'later' }), /answered 429 rate-limited: later/],
          [json(500, { code: 'internal', detail: 'a fault' }), /answered 500 internal: a fault/],
          [silence, /did not answer within coffer\.timeout, PT5S/],
        ];
        for (const [answer, reason] of passing) {
          respond = answer;
          expect(await runner.find('company.team', 'VARIABLE')).toBe('of-the-process');
          await expect(runner.find('company.team', 'OWN')).rejects.toThrow(reason);
          expect((await runner.list()).keys).toEqual(['VARIABLE']);
          expect(await runner.inherited('company.team')).toEqual({ 'company.team': ['VARIABLE'] });
        }
        const refusals: readonly (readonly [Respond, RegExp])[] = [
          [json(401, { code: 'unauthorized', detail: 'no' }), /answered 401 unauthorized/],
          [json(403, { code: 'forbidden', detail: 'not yours' }), /answered 403 forbidden: not yours/],
          [json(404, { message: 'no such page' }), /answered 404 /],
          [(response) => response.writeHead(200).end('<h1>Welcome</h1>'), /answered 200 without JSON, so coffer\.url/],
          [(response) => response.writeHead(302, { location: coffer.url }).end(), /answered 302 without JSON/],
        ];
        for (const [answer, reason] of refusals) {
          respond = answer;
          await expect(runner.find('company.team', 'VARIABLE')).rejects.toThrow(reason);
          await expect(runner.list()).rejects.toThrow(reason);
          await expect(runner.inherited('company.team')).rejects.toThrow(reason);
        }
        respond = (response) => response.writeHead(200).end(Buffer.alloc(TOO_LONG_BYTES, ' '));
        await expect(runner.find('company.team', 'OWN')).rejects.toThrow(/the answer is longer than 16777216 bytes/);
      });
    });
  });
