import { SecretValue } from '@coffer/secrets';
import type { Endpoint } from '../connection.js';

/** The server under test, as the environment names it. */
export interface Target {
  readonly endpoint: Endpoint;
  /** The password of the emulator's control; another server has none. */
  readonly control: string | undefined;
  readonly project: string | undefined;
  readonly serviceAccount: SecretValue | undefined;
}

/** Throws a sentence where the variable is missing: no suite skips itself. */
export const targetOf = (env: NodeJS.ProcessEnv = process.env): Target => {
  const text = env['COFFER_TEST_GOOGLE_ENDPOINT'];
  if (text === undefined || text === '') {
    throw new Error(
      "COFFER_TEST_GOOGLE_ENDPOINT is not set: run the tests by 'npm test', or start the server with 'npm run servers -- up google-secret-manager'",
    );
  }
  const url = new URL(text.includes('://') ? text : `http://${text}`);
  const plaintext = url.protocol === 'http:';
  const account = env['COFFER_TEST_GOOGLE_SERVICE_ACCOUNT'];
  return {
    endpoint: { host: url.hostname, port: Number(url.port || (plaintext ? 80 : 443)), plaintext },
    control: env['COFFER_TEST_GOOGLE_CONTROL'] || undefined,
    project: env['COFFER_TEST_GOOGLE_PROJECT'] || undefined,
    serviceAccount: account ? new SecretValue(account) : undefined,
  };
};
