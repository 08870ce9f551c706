import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CofferError, SecretPath } from '@coffer/secrets';
import { openGoogleSecretManagerBackend } from './open.js';

const MIB = 1_048_576;
const PATH = SecretPath.of('main', 'company', 'k');

/** Whoever answers in place of a metadata server or a directory: more and more, until the caller has heard enough. */
const endless = (response: ServerResponse, sent: { bytes: number }): void => {
  const piece = Buffer.alloc(64 * 1_024, 'x');
  const more = (): void => {
    while (!response.destroyed && sent.bytes < 256 * MIB) {
      sent.bytes += piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
};

describe('an answer without an end in place of a token', () => {
  const before = { ...process.env };
  const sent = { bytes: 0 };
  let folder: string;
  let server: Server;
  let origin: string;
  beforeEach(async () => {
    sent.bytes = 0;
    folder = mkdtempSync(join(tmpdir(), 'coffer-google-'));
    server = createServer((request, response) => {
      response.setHeader('Metadata-Flavor', 'Google');
      request.resume();
      endless(response, sent);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, { HOME: folder, CLOUDSDK_CONFIG: folder });
    delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const refusal = async (): Promise<CofferError> => {
    const backend = openGoogleSecretManagerBackend({
      project: 'p',
      prefix: 'kestra',
      endpoint: { host: '127.0.0.1', port: 9, plaintext: true },
    });
    try {
      await backend.read(PATH, { signal: AbortSignal.timeout(60_000) });
    } catch (error) {
      if (CofferError.is(error)) return error;
      throw error;
    } finally {
      await backend.close();
    }
    throw new Error('it was taken for an answer');
  };

  it.each<[string, () => void]>([
    [
      'a metadata server',
      () => {
        process.env['GCE_METADATA_HOST'] = origin;
        process.env['METADATA_SERVER_DETECTION'] = 'assume-present';
      },
    ],
    [
      'a directory of workload identities',
      () => {
        const file = join(folder, 'external.json');
        const account = {
          type: 'external_account',
          audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
          subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
          token_url: `http://${origin}/token`,
          credential_source: { url: `http://${origin}/subject` },
        };
        writeFileSync(file, JSON.stringify(account));
        process.env['GOOGLE_APPLICATION_CREDENTIALS'] = file;
      },
    ],
  ])('is not listened to: %s', async (_who, configure) => {
    configure();
    const { code, message } = await refusal();
    expect([code, message]).toEqual(['unavailable', expect.stringContaining('larger than 1 MiB')]);
    // What lies in buffers on the way is sent and heard by nobody; each attempt of the library's counts.
    expect(sent.bytes).toBeLessThan(100 * MIB);
  });
});
