import { timingSafeEqual } from 'node:crypto';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { refuse } from './status.mjs';

/**
 * What tests tell the stand-in beside the vendor's service, on the same port: one call, JSON both ways, with a password.
 *
 * @typedef {object} Command
 * @property {string} project made when it is new
 * @property {import('./callers.mjs').Principal[]} [principals] who may do what there
 * @property {boolean} [enforceRates] whether the rates of a secret are enforced
 * @property {number} [lag] for how many looks `latest` shows what was before
 * @property {boolean} [damaged] whether payloads are answered with a bit turned over
 */
const PATH = '/coffer.testing.Control/Tell';

const write = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value));
const read = (/** @type {Buffer} */ bytes) => JSON.parse(bytes.toString());

const method = {
  path: PATH,
  requestStream: false,
  responseStream: false,
  requestSerialize: write,
  requestDeserialize: read,
  responseSerialize: write,
  responseDeserialize: read,
};

export const controlDefinition = { Tell: method };

/** @param {import('./service.mjs').SecretManager} manager @param {string} password */
export const controlHandlers = (manager, password) => ({
  Tell(/** @type {any} */ { request, metadata }, /** @type {any} */ reply) {
    try {
      const [given, wanted] = [String(metadata.get('password')[0]), password].map((text) => Buffer.from(text));
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
        refuse('UNAUTHENTICATED', 'Wrong password.');
      obey(manager, request);
      reply(null, {});
    } catch (error) {
      reply(error);
    }
  },
});

/** @param {import('./service.mjs').SecretManager} manager @param {Command} command */
function obey(manager, { project: id, principals = [], enforceRates, lag, damaged }) {
  const project = manager.project(id);
  for (const principal of principals) manager.callers.add({ ...principal, project: id });
  if (enforceRates !== undefined) project.limits.enforced = enforceRates;
  if (lag !== undefined) project.lag = lag;
  if (damaged !== undefined) project.damaged = damaged;
}

/**
 * @param {string} address `host:port` @param {string} password @param {Command} command
 * @returns {Promise<void>}
 */
export async function tell(address, password, command) {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('password', password);
  try {
    await new Promise((resolve, reject) => {
      const deadline = Date.now() + 10_000;
      client.makeUnaryRequest(PATH, write, read, command, metadata, { deadline }, (error) =>
        error ? reject(error) : resolve(undefined),
      );
    });
  } finally {
    client.close();
  }
}
