import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  type Filter,
  type GetSecretValueResponse,
  type SecretsManagerClient,
  type Tag as AwsTag,
} from '@aws-sdk/client-secrets-manager';
import { raceAbort } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';
import { failure, foreignAnswer, toCofferError } from './errors.js';
import { stateOf, type SecretState } from './secret-state.js';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
const PAGE = 100;
const CURRENT = 'AWSCURRENT';

export interface Content {
  readonly versionId: string;
  readonly text: string | undefined;
  readonly bytes: Uint8Array | undefined;
}

export interface NewSecret {
  readonly name: string;
  readonly versionId: string;
  readonly text: string;
  readonly description: string;
  readonly tags: readonly AwsTag[];
}

export interface Page {
  readonly states: readonly SecretState[];
  readonly next: string | undefined;
}

export const isVendorError = (error: unknown, ...names: readonly string[]): boolean =>
  CofferError.is(error) && names.includes(String(error.details['vendorCode']));

const absentIf = async <T>(calling: Promise<T>): Promise<T | undefined> => {
  try {
    return await calling;
  } catch (error) {
    if (isVendorError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
};

/** What every answer about a secret names. */
interface Named {
  readonly Name?: string | undefined;
}

/** The answer itself; throws `unavailable` for one that names no secret, which is not of the service. */
const named = <T extends Named>(answer: T): T => {
  if (typeof answer.Name !== 'string') throw foreignAnswer();
  return answer;
};

/** As `named`; a version has an id and a value. */
const versionOf = <T extends Named & Pick<GetSecretValueResponse, 'VersionId' | 'SecretString' | 'SecretBinary'>>(
  answer: T,
): T & { readonly VersionId: string } => {
  const { VersionId: id, SecretString: text, SecretBinary: bytes } = named(answer);
  if (typeof id !== 'string' || (text === undefined && bytes === undefined)) throw foreignAnswer();
  return answer as T & { readonly VersionId: string };
};

/** The service's actions, one call each. Throws `CofferError` and nothing else. */
export class SecretsApi {
  #closed = false;

  constructor(private readonly client: SecretsManagerClient) {}

  /** The state of a secret; `undefined` where there is none of that name. */
  async describe(name: string, signal: AbortSignal): Promise<SecretState | undefined> {
    const command = new DescribeSecretCommand({ SecretId: name });
    const raw = await absentIf(this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
    return raw === undefined ? undefined : stateOf(named(raw));
  }

  /** The current version, always asked for by its label. `undefined` where there is no such secret, or none with that label. */
  async content(name: string, signal: AbortSignal): Promise<Content | undefined> {
    const command = new GetSecretValueCommand({ SecretId: name, VersionStage: CURRENT });
    const raw = await absentIf(this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
    if (raw === undefined) return undefined;
    const { VersionId: versionId, SecretString: text, SecretBinary: bytes } = versionOf(raw);
    return { versionId, text, bytes };
  }

  async version(name: string, versionId: string, signal: AbortSignal): Promise<Content | undefined> {
    const command = new GetSecretValueCommand({ SecretId: name, VersionId: versionId });
    const raw = await absentIf(this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
    if (raw === undefined) return undefined;
    const { SecretString: text, SecretBinary: bytes } = versionOf(raw);
    return { versionId, text, bytes };
  }

  async page(
    filters: readonly Filter[],
    next: string | undefined,
    signal: AbortSignal,
    { maxResults = PAGE, deleted = false }: { maxResults?: number; deleted?: boolean } = {},
  ): Promise<Page> {
    const command = new ListSecretsCommand({
      MaxResults: maxResults,
      ...(filters.length === 0 ? {} : { Filters: [...filters] }),
      ...(next === undefined ? {} : { NextToken: next }),
      ...(deleted ? { IncludePlannedDeletion: true } : {}),
    });
    const raw = await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal }));
    if (!Array.isArray(raw.SecretList)) throw foreignAnswer();
    return { states: raw.SecretList.map(stateOf), next: raw.NextToken };
  }

  /** Answers the id of the version that was made, which is `versionId` where the service heeds it. */
  async create({ name, versionId, text, description, tags }: NewSecret, signal: AbortSignal): Promise<string> {
    const command = new CreateSecretCommand({
      Name: name,
      ClientRequestToken: versionId,
      SecretString: text,
      Description: description,
      Tags: [...tags],
    });
    const made = named(await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
    return made.VersionId ?? versionId;
  }

  /** Puts a version under a stage. Under another stage than AWSCURRENT the version is there and nobody reads it yet. */
  async put(
    name: string,
    versionId: string,
    content: Pick<Content, 'text' | 'bytes'>,
    signal: AbortSignal,
    stage = CURRENT,
  ): Promise<void> {
    const command = new PutSecretValueCommand({
      SecretId: name,
      ClientRequestToken: versionId,
      VersionStages: [stage],
      ...(content.text === undefined ? { SecretBinary: content.bytes } : { SecretString: content.text }),
    });
    named(await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
  }

  /** Makes `to` the current version where `from` is it; fails where it is not. */
  async makeCurrent(name: string, to: string, from: string | undefined, signal: AbortSignal): Promise<void> {
    const command = new UpdateSecretVersionStageCommand({
      SecretId: name,
      VersionStage: CURRENT,
      MoveToVersionId: to,
      ...(from === undefined ? {} : { RemoveFromVersionId: from }),
    });
    named(await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
  }

  async describeAs(name: string, description: string, signal: AbortSignal): Promise<void> {
    const command = new UpdateSecretCommand({ SecretId: name, Description: description });
    named(await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
  }

  async tag(name: string, tags: readonly AwsTag[], signal: AbortSignal): Promise<void> {
    const command = new TagResourceCommand({ SecretId: name, Tags: [...tags] });
    await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal }));
  }

  async untag(name: string, keys: readonly string[], signal: AbortSignal): Promise<void> {
    const command = new UntagResourceCommand({ SecretId: name, TagKeys: [...keys] });
    await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal }));
  }

  /** Schedules the deletion at the end of the service's longest recovery window: 30 days. */
  async delete(name: string, signal: AbortSignal): Promise<void> {
    const command = new DeleteSecretCommand({ SecretId: name });
    named(await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
  }

  async restore(name: string, signal: AbortSignal): Promise<void> {
    const command = new RestoreSecretCommand({ SecretId: name });
    named(await this.#call(signal, (abortSignal) => this.client.send(command, { abortSignal })));
  }

  close(): void {
    this.#closed = true;
    this.client.destroy();
  }

  /** Heeds the signal also where the SDK does not: while it looks for credentials, say. */
  async #call<T>(signal: AbortSignal, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closed) throw failure('unavailable', 'the store is closed');
    // The signal of this call alone: the SDK may leave its listeners behind.
    const own = AbortSignal.any([signal]);
    try {
      return await raceAbort(
        own,
        () => send(own),
        () => failure('timeout', 'the service did not answer in time'),
      );
    } catch (error) {
      throw toCofferError(error, signal);
    }
  }
}
