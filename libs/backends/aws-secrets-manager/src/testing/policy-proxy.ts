import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  HttpProxy,
  type HttpAnswer,
  type HttpRequest,
  type HttpVerdict,
  type Judge,
} from '@coffer/backend-conformance/faults';
import { ownerKeys, serviceEndpoint } from './service.js';

/** All that Coffer needs. */
export const NINE_PERMISSIONS = [
  'CreateSecret',
  'DeleteSecret',
  'DescribeSecret',
  'GetSecretValue',
  'ListSecrets',
  'PutSecretValue',
  'RestoreSecret',
  'TagResource',
  'UpdateSecret',
] as const;

/** Makes writes atomic. */
export const ATOMIC_PERMISSION = 'UpdateSecretVersionStage';
/** All that a read-only instance needs. */
export const READING_PERMISSIONS = ['GetSecretValue', 'ListSecrets'] as const;

export const FORBIDDEN_ACCESS_KEY = 'AKIACOFFERSTRANGER00';

/** The service's own error. */
export const awsError = (status: number, type: string, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': '0' },
  body: JSON.stringify({ __type: type, message }),
});

/** As https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html words them. */
export const ANSWERS = {
  throttled: awsError(400, 'ThrottlingException', 'Rate exceeded'),
  serverError: awsError(500, 'InternalServiceError', 'An error occurred on the server side.'),
  denied: awsError(400, 'AccessDeniedException', 'User is not authorized to perform the action'),
  unknown: awsError(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
};

export const actionOf = ({ headers }: Pick<HttpRequest, 'headers'>): string =>
  String(headers['x-amz-target'] ?? '').replace(/^secretsmanager\./, '');

export const accessKeyOf = ({ headers }: Pick<HttpRequest, 'headers'>): string =>
  /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';

/**
 * The service behind a policy: a proxy that lets through the given actions for the owner's key, denies all to the forbidden key
 * and does not know anybody else.
 */
export class PolicyProxy {
  #fault: HttpVerdict = 'pass';
  /** Keys that are the owner's too: temporary ones. */
  readonly admitted = new Set<string>();
  /** Actions that came here, in their order. */
  readonly actions: string[] = [];
  /** Asked of each request that the policy lets through. */
  intercept: Judge = () => 'pass';

  private constructor(
    private readonly proxy: HttpProxy,
    private readonly allowed: ReadonlySet<string>,
  ) {
    proxy.set((request) => this.#judge(request));
  }

  static async open(allowed: readonly string[]): Promise<PolicyProxy> {
    const { throttled, serverError } = ANSWERS;
    return new PolicyProxy(await HttpProxy.to(serviceEndpoint(), { throttled, serverError }), new Set(allowed));
  }

  get url(): string {
    return this.proxy.url;
  }

  set(fault: HttpVerdict): void {
    this.#fault = fault;
    // Cuts what hangs.
    this.proxy.set((request) => this.#judge(request));
  }

  /** Sends a client here whose requests are signed for the service itself. */
  readonly redirect = (client: SecretsManagerClient): void => {
    const { hostname, port, protocol } = new URL(this.url);
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.request as object, { hostname, port: Number(port), protocol });
        return next(args);
      },
      { step: 'deserialize', priority: 'low', name: 'toPolicedService' },
    );
  };

  close(): Promise<void> {
    return this.proxy.close();
  }

  #judge(request: HttpRequest): ReturnType<Judge> {
    const key = accessKeyOf(request);
    this.actions.push(actionOf(request));
    if (key === FORBIDDEN_ACCESS_KEY) return ANSWERS.denied;
    if (key !== ownerKeys().accessKeyId && !this.admitted.has(key)) return ANSWERS.unknown;
    if (!this.allowed.has(actionOf(request))) return ANSWERS.denied;
    return this.#fault === 'pass' ? this.intercept(request) : this.#fault;
  }
}
