import dns from 'node:dns';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@coffer/observability';
import { listenOn } from '@coffer/service';
import type { FastifyInstance } from 'fastify';
import { createHttpAdapter } from './http-adapter.js';

type Done = (error: null, found: readonly { readonly address: string; readonly family: number }[]) => void;

const real = dns.lookup;
/** As on a machine whose `localhost` has two addresses. */
const twoAddresses = (host: string, options: object, done: Done): void => {
  if (host !== 'localhost') return real(host, options, done as never);
  done(
    null,
    ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })),
  );
};

it('listens at one address of a host that has several, so that no listener is without limits', async () => {
  const lookup = jest.spyOn(dns, 'lookup').mockImplementation(twoAddresses as never);
  const server = createHttpAdapter(createLogger('silent')).getInstance<FastifyInstance>();
  try {
    await listenOn({ host: 'localhost', port: 0 }, (host) => server.listen({ host, port: 0 }));
    expect((server.addresses() as AddressInfo[]).map(({ address }) => address)).toEqual(['127.0.0.1']);
  } finally {
    lookup.mockRestore();
    await server.close();
  }
});
