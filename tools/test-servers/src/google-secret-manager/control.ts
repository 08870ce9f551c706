import { timingSafeEqual } from 'node:crypto';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { refuse } from './status.ts';
import type { Principal } from './callers.ts';
import type { SecretManager } from './service.ts';

/** What tests tell the stand-in beside the vendor's service, on the same port: one call, JSON both ways, with a password. */
interface Command {
  /** Made when it is new. */
  project: string;
  /** Who may do what there. */
  principals?: Principal[];
  /** Whether the rates of a secret are enforced. */
  enforceRates?: boolean;
  /** For how many looks `latest` shows what was before. */
  lag?: number;
  /** Whether payloads are answered with a bit turned over. */
  damaged?: boolean;
}

const PATH = '/coffer.testing.Control/Tell';

const write = (value: unknown) => Buffer.from(JSON.stringify(value));
const read = (bytes: Buffer) => JSON.parse(bytes.toString());

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

export const controlHandlers = (manager: SecretManager, password: string) => ({
  Tell({ request, metadata }: any, reply: any) {
    try {
      const given = Buffer.from(String(metadata.get('password')[0]));
      const wanted = Buffer.from(password);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
        refuse('UNAUTHENTICATED', 'Wrong password.');
      obey(manager, request);
      reply(null, {});
    } catch (error) {
      reply(error);
    }
  },
});

function obey(manager: SecretManager, { project: id, principals = [], enforceRates, lag, damaged }: Command) {
  const project = manager.project(id);
  for (const principal of principals) manager.callers.add({ ...principal, project: id });
  if (enforceRates !== undefined) project.limits.enforced = enforceRates;
  if (lag !== undefined) project.lag = lag;
  if (damaged !== undefined) project.damaged = damaged;
}

/** `address`: `host:port`. */
export async function tell(address: string, password: string, command: Command): Promise<void> {
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
