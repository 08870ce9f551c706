import { z } from 'zod';
import { parseAddress, showAddress } from '../address/address.js';
import { addressText } from '../address/http-address.js';
import { parseListenHost } from '../address/listen-host.js';
import { addressBlock } from './address-block.js';
import type { LoadContext } from '../load-context.js';
import { duration, listOf, wholeNumber } from './scalars.js';
import { resolveServerTls, serverTls, type ServerTlsConfiguration } from './server-tls.js';

/** Above the 60 s for which most load balancers keep an idle connection, so that they are the ones who close it. */
const KEEP_ALIVE_MS = 75_000;
const MAX_KEEP_ALIVE_MS = 3_600_000;

/** A scheme, a host and a port: pages are served from the root. */
const publicUrl = addressText('an address such as https://coffer.example.com', (value) =>
  showAddress(
    parseAddress(value, {
      schemes: ['https', 'http'],
      example: 'https://coffer.example.com',
      credentials: false,
      path: false,
    }),
  ),
);

/** `coffer.server`: where and how HTTP is served, by gateways and by the health ports of the other services. */
export const server = z.strictObject({
  host: addressText('a host', parseListenHost).default('127.0.0.1').describe('Where the gateway listens.'),
  port: wholeNumber(0, 65_535).default(8080).describe('0 for any that is free; `COFFER_PORT` wins.'),
  keepAliveTimeout: duration
    .refine((milliseconds) => milliseconds <= MAX_KEEP_ALIVE_MS, { error: 'must be at most 1h' })
    .default(KEEP_ALIVE_MS)
    .describe(
      'How long a connection is kept between two requests; longer than the load balancer in front keeps it, at most 1h.',
    ),
  publicUrl: publicUrl
    .optional()
    .describe(
      'Where browsers reach the gateway, when that is not what their requests say: behind a proxy that is not trusted.',
    ),
  trustedProxies: listOf(addressBlock)
    .default([])
    .describe(
      'Proxies whose `X-Forwarded-For` says who the client is, as addresses or blocks; no other’s is looked at.',
    ),
  tls: serverTls.optional(),
});

export interface ServerConfiguration extends Omit<z.output<typeof server>, 'tls'> {
  /** Defaults to plain HTTP. */
  readonly tls?: ServerTlsConfiguration;
}

/** Adds errors. */
export const resolveServer = (
  { tls: given, ...settings }: z.output<typeof server>,
  context: LoadContext,
): ServerConfiguration => {
  const tls = given && resolveServerTls(given, context);
  return { ...settings, ...(tls && { tls }) };
};
