import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { SecretValue, type SecretPath } from '@coffer/secrets';
import type { AwsKeys } from '../credentials.js';
import { nameOf } from '../layout.js';
import { ownVersionOf } from '../version-id.js';

const VARIABLE = 'COFFER_TEST_AWS_ENDPOINT';

/** The service under test. Throws a sentence where it is missing: no suite skips itself. */
export const serviceEndpoint = (): string => {
  const endpoint = process.env[VARIABLE];
  if (endpoint !== undefined && endpoint !== '') return endpoint.replace(/\/$/, '');
  throw new Error(`${VARIABLE} is not set: run the tests by 'npm test', or 'npm run servers -- up moto'`);
};

/** Whether the service is Amazon's own, and not a server that stands for it. */
export const isRealService = (): boolean => /\.amazonaws\.com(\.cn)?$/.test(new URL(serviceEndpoint()).hostname);

const REGION = 'COFFER_TEST_AWS_REGION';

export const serviceRegion = (): string => process.env[REGION] || 'eu-west-1';

/**
 * The region of a long suite: `own`, unless the environment names one or the service is Amazon's own. moto goes through all
 * secrets of a region in every call, so that one suite would wait for what the others have left.
 */
export const regionOfSuite = (own: string): string => (process.env[REGION] || isRealService() ? serviceRegion() : own);

/** Those of the environment, else any: a server that stands for the service takes all. */
export const ownerKeys = (): AwsKeys => {
  const {
    COFFER_TEST_AWS_ACCESS_KEY_ID: accessKeyId = 'AKIACOFFEROWNER00000',
    COFFER_TEST_AWS_SECRET_ACCESS_KEY: secret = 'owner/secret+access/key0000000000000000',
    COFFER_TEST_AWS_SESSION_TOKEN: token,
  } = process.env;
  return {
    accessKeyId,
    secretAccessKey: new SecretValue(secret),
    ...(token === undefined ? {} : { sessionToken: new SecretValue(token) }),
  };
};

/** The service without Coffer, as other programs use it. */
export const directClient = (region = serviceRegion()): SecretsManagerClient => {
  const { accessKeyId, secretAccessKey, sessionToken } = ownerKeys();
  return new SecretsManagerClient({
    region,
    endpoint: serviceEndpoint(),
    credentials: {
      accessKeyId,
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
    },
  });
};

export interface ForeignSecret {
  readonly tags: Readonly<Record<string, string>>;
  /** Text, or bytes. */
  readonly value: string | Uint8Array;
  readonly name?: string;
  readonly description?: string;
}

/** Secrets that other programs make and change. */
export class ExternalClient {
  constructor(readonly client: SecretsManagerClient = directClient()) {}

  async create({ tags, value, name = `team-a/${randomUUID()}`, description }: ForeignSecret): Promise<string> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const Description = description === undefined ? {} : { Description: description };
    const content = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
    await this.client.send(new CreateSecretCommand({ Name: name, Tags, ...content, ...Description }));
    return name;
  }

  async change(name: string, value: string): Promise<void> {
    await this.client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  }

  /** As a rotation does it: moto's PutSecretValue leaves AWSCURRENT on two versions, once a label was moved. */
  async rotate(name: string, value: string): Promise<void> {
    const { VersionIdsToStages = {} } = await this.client.send(new DescribeSecretCommand({ SecretId: name }));
    const current = Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes('AWSCURRENT'))?.[0];
    const { VersionId } = await this.client.send(
      new PutSecretValueCommand({ SecretId: name, SecretString: value, VersionStages: ['AWSPENDING'] }),
    );
    await this.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: name,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: VersionId,
        RemoveFromVersionId: current,
      }),
    );
  }

  async valueOf(name: string): Promise<string> {
    const command = new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSCURRENT' });
    return (await this.client.send(command)).SecretString ?? '';
  }

  /** The fences of all versions of a live secret, those without a label included. */
  async fencesOf(prefix: string, path: SecretPath): Promise<string[]> {
    const SecretId = nameOf(prefix, path);
    const fences: string[] = [];
    let NextToken: string | undefined;
    do {
      const command = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true, NextToken });
      const page = await this.client.send(command);
      fences.push(...(page.Versions ?? []).map(({ VersionId }) => String(ownVersionOf(VersionId)?.fence ?? '')));
      // moto's last page has an empty one.
      NextToken = page.NextToken === '' ? undefined : page.NextToken;
    } while (NextToken !== undefined);
    return fences;
  }

  close(): void {
    this.client.destroy();
  }
}
