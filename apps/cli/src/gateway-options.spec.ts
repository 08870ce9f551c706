import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CofferError } from '@coffer/secrets';
import { gatewayOf, gatewayUrlOf } from './gateway-options.js';

const terminal = (address: string) => ({
  env: { COFFER_URL: address, COFFER_TOKEN: 'coffer_x' },
  cwd: '/',
  interactive: false,
  isScreen: false,
  input: (async function* () {})(),
  out: () => undefined,
  err: () => undefined,
});

describe('the base address of a gateway', () => {
  const asked: (string | undefined)[] = [];
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      asked.push(url);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['http://HOST', ''],
    ['http://HOST/', ''],
    ['http://HOST//', ''],
    ['HTTP://HOST///', ''],
    [' http://HOST/\n', ''],
    ['\u200bhttp://HOST\ufeff', ''],
    ['http://HOST/proxy', '/proxy'],
    ['http://HOST//proxy//coffer/', '/proxy/coffer'],
  ])('%j asks the paths of the API', async (written, path) => {
    asked.length = 0;
    const gateway = gatewayOf({ tenant: 'main' }, terminal(written.replace('HOST', origin)));
    await gateway.read('/namespaces/a/values/K');
    await gateway.metrics();
    expect(asked).toEqual([`${path}/coffer/v1/main/namespaces/a/values/K`, `${path}/metrics`]);
  });

  it.each([
    ['canary', 'must begin with http:// or https://'],
    ['canary:8080', 'must begin with http:// or https://'],
    ['ftp://canary', 'must begin with http:// or https://'],
    ['https://me:canary@host', 'has a user name or password in it'],
    ['https://host?canary=1', 'has a ? with parameters'],
    ['https://host/#canary', 'has a # with something behind it'],
    ['https://host:0', 'has a port that is not a number from 1 to 65535'],
    ['https://host:99999', 'has a port that is not a number from 1 to 65535'],
    ['https://ca nary', 'has a blank'],
    ['https://127.1', 'has a host that looks like an IPv4 address and is none'],
    ['https://host/coffer/v1', 'ends in a path of the API itself'],
    ['https://host/coffer/v1/main/', 'ends in a path of the API itself'],
    ['https://host/api/v1/main', 'ends in a path of the API itself'],
    ['https://host/v1/', 'ends in a path of the API itself'],
    ['https://host/ui/secrets', 'ends in a path of the API itself'],
    ['https://host/health/ready', 'ends in a path of the API itself'],
  ])('%j is refused by its name', (written, reason) => {
    for (const [setting, options, address] of [
      ['COFFER_URL', {}, written],
      ['--url', { url: written }, 'https://other'],
    ] as const) {
      let thrown: unknown;
      try {
        gatewayUrlOf(options, terminal(address));
      } catch (error) {
        thrown = error;
      }
      if (!CofferError.is(thrown, 'invalid')) throw new Error('it was taken');
      expect(thrown.message).toContain(`the address of the gateway (${setting}) ${reason}`);
      expect(thrown.message).toContain('https://coffer.example:8080');
      expect(thrown.message).not.toContain('canary');
    }
  });
});
