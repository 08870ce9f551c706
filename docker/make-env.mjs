/** Prints a .env for docker-compose.yml on standard output, and the access token that it lets in on standard error. */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../apps/cli/package.json', import.meta.url));
const { createAccessToken, hashAccessToken } = require('@coffer/access');
const { KeyRing } = require('@coffer/crypto');
const { SecretValue } = require('@coffer/secrets');

const secret = () => randomBytes(32).toString('base64');
const key = secret();
const ring = await KeyRing.derive([{ id: 'main', secret: new SecretValue(key), active: true }]);
const token = createAccessToken();

const variables = {
  COFFER_ENCRYPTION_KEY: key,
  COFFER_JDBC_SECRET: secret(),
  COFFER_TOKEN_HASH: hashAccessToken(ring, token),
  POSTGRES_PASSWORD: randomBytes(24).toString('base64url'),
  REDIS_PASSWORD: randomBytes(24).toString('base64url'),
  KAFKA_CLUSTER_ID: randomBytes(16).toString('base64url'),
};
process.stdout.write(
  Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join(''),
);
process.stderr.write(`access token: ${token.reveal()}\nKeep it now: only its hash is in the file.\n`);
