import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration, type GoogleSecretManagerStore } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { open } from './open.js';

const EXAMPLE = readFileSync(join(__dirname, '../../../../docs/examples/google-secret-manager.yml'), 'utf8');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY_FILE = JSON.stringify({
  type: 'service_account',
  project_id: 'of-the-key',
  client_email: 'coffer@of-the-key.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
});

const storeOf = (serviceAccount: string): GoogleSecretManagerStore => {
  const env = { GOOGLE_SERVICE_ACCOUNT: serviceAccount };
  const readFile = (): string => EXAMPLE;
  const { secret } = loadConfiguration({ argv: ['--config', 'coffer.yml'], env, cwd: '/etc/coffer', readFile });
  if (secret?.type !== 'google-secret-manager') throw new Error('the example names another type');
  return secret;
};

describe('docs/examples/google-secret-manager.yml', () => {
  it('is a configuration that opens', async () => {
    const store = storeOf(KEY_FILE);
    expect(store).toMatchObject({
      project: 'my-project',
      prefix: 'kestra',
      tags: { application: 'kestra-production' },
    });
    const backend = open(store);
    expect(backend.capabilities).toMatchObject({
      conditionalWrites: 'atomic',
      tombstones: true,
      externalSecrets: true,
    });
    await backend.close();
  });

  it('does not open with a service account that cannot be one, and does not say what it was', () => {
    expect(() => open(storeOf('{"type": "canary"}'))).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.not.stringContaining('canary') }),
    );
    expect(() => open(storeOf('canary'))).toThrow(CofferError);
  });
});
