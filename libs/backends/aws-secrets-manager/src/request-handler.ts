import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const MAX_SOCKETS = 64;
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * How requests go to AWS, to STS as well: the SDK by itself reads no proxy from the environment, Node's agents do with
 * `proxyEnv` (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).
 */
export const requestHandler = () => {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, proxyEnv: process.env };
  return {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    httpAgent: new HttpAgent(options),
    httpsAgent: new HttpsAgent(options),
  };
};
