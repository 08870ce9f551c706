import { CofferError, parseTenant, SecretPath } from '@coffer/secrets';
import { AgentError } from './agent-error.js';

/** What a client of the agent asks for. */
export interface SecretRequest {
  readonly path: SecretPath;
  readonly versionId: string | undefined;
  readonly versionStage: string | undefined;
  /** Whether the store is to be asked, whatever caches hold. */
  readonly refreshNow: boolean;
}

/** Whose secrets are meant where an id does not say. */
export interface SecretScope {
  readonly tenant: string;
  /** Namespace of ids that are a key alone; absent where every id must name its namespace. */
  readonly namespace?: string;
}

const BY_ID = '/secretsmanager/get';
const BY_PATH = '/v1/';
const PARAMETERS = ['secretId', 'versionId', 'versionStage', 'refreshNow'] as const;
const ARN = /^arn:coffer:secretsmanager::([^:]+):secret:(.+)$/s;
const REFRESH: ReadonlyMap<string, boolean> = new Map([
  ...(['true', '1'] as const).map((text) => [text, true] as const),
  ...(['false', '0'] as const).map((text) => [text, false] as const),
]);

/** The name that stands for a secret in every account; the agent takes it as an id. */
export const arnOf = ({ tenant, namespace, key }: SecretPath): string =>
  `arn:coffer:secretsmanager::${tenant}:secret:${namespace}/${key}`;

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AgentError(400, 'the secret ID is not percent-encoded as it should be');
  }
};

/** `[tenant@]namespace/KEY`, an ARN of the agent, or a key of the scope's namespace. */
const pathOf = (secretId: string, scope: SecretScope): SecretPath => {
  const [, tenantOfArn, ofArn] = ARN.exec(secretId) ?? [];
  const name = ofArn ?? secretId;
  const slash = name.indexOf('/');
  const [before, key] = slash < 0 ? [scope.namespace, name] : [name.slice(0, slash), name.slice(slash + 1)];
  if (before === undefined) {
    throw new AgentError(400, 'the secret ID must be NAMESPACE/KEY, as the agent was started without --namespace');
  }
  const [namespace = '', tenant] = before.split('@', 2).toReversed();
  try {
    return SecretPath.of(parseTenant(tenantOfArn ?? tenant ?? scope.tenant), namespace, key);
  } catch (error) {
    if (!CofferError.is(error)) throw error;
    throw AgentError.named(400, 'InvalidParameterException', error.message);
  }
};

const isParameter = (name: string): name is (typeof PARAMETERS)[number] =>
  (PARAMETERS as readonly string[]).includes(name);

/** Reads a request's target. Throws `AgentError` with the status and words of AWS Secrets Manager Agent. */
export const readSecretRequest = (target: string, scope: SecretScope): SecretRequest => {
  const [path = '', ...rest] = target.split('?');
  const byId = path === BY_ID;
  if (!byId && !path.startsWith(BY_PATH)) throw new AgentError(404, 'Not found');
  const given: Partial<Record<(typeof PARAMETERS)[number], string>> = {};
  for (const [name, value] of new URLSearchParams(rest.join('?'))) {
    if (!isParameter(name) || (name === 'secretId' && !byId)) throw new AgentError(400, `unknown parameter: ${name}`);
    given[name] = value;
  }
  const secretId = byId ? (given.secretId ?? '') : decode(path.slice(BY_PATH.length));
  if (secretId === '') throw new AgentError(400, byId ? 'missing parameter secretId' : 'missing secret ID');
  const refreshNow = REFRESH.get((given.refreshNow ?? 'false').toLowerCase());
  if (refreshNow === undefined) throw new AgentError(400, 'invalid refreshNow value');
  return { path: pathOf(secretId, scope), versionId: given.versionId, versionStage: given.versionStage, refreshNow };
};
