import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { SecretValue } from '@coffer/secrets';
import type { Endpoint } from '../connection.js';

const PATH = '/coffer.testing.Control/Tell';
const CONTROL_TIMEOUT_MS = 10_000;

const write = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const read = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8')) as unknown;

export interface EmulatorSettings {
  readonly principals?: readonly {
    readonly token?: string;
    readonly email?: string;
    readonly publicKey?: string;
    readonly permissions: readonly string[];
  }[];
  readonly enforceRates?: boolean;
  readonly lag?: number;
  readonly damaged?: boolean;
}

/** Configures how the emulator of tools/test-servers behaves for a project, which is made when it is new. */
export const configureEmulator = async (
  { host, port }: Endpoint,
  password: string,
  project: string,
  command: EmulatorSettings,
): Promise<void> => {
  const client = new Client(`${host}:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('password', password);
  try {
    await new Promise<void>((resolve, reject) => {
      const options = { deadline: Date.now() + CONTROL_TIMEOUT_MS };
      client.makeUnaryRequest(PATH, write, read, { project, ...command }, metadata, options, (error) =>
        error === null ? resolve() : reject(new Error(error.details)),
      );
    });
  } finally {
    client.close();
  }
};

/** A service account's key file, and the half of the key by which a server knows it. */
export interface KeyFile {
  readonly email: string;
  readonly publicKey: string;
  readonly json: SecretValue;
}

export const keyFile = (name: string, project: string): KeyFile => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const email = `${name}@${project}.iam.gserviceaccount.com`;
  const file = {
    type: 'service_account',
    project_id: project,
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey,
    client_email: email,
  };
  return { email, publicKey, json: new SecretValue(JSON.stringify(file)) };
};
