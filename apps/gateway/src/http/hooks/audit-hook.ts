import { randomUUID } from 'node:crypto';
import { TrustedProxies, type Principal } from '@coffer/access';
import { recordTail, type AuditEntry, type AuditTrail, type RecordTail, type Taken } from '@coffer/audit';
import { CofferError, MAX_KEY_LENGTH, parseKey, parseNamespace, parseTenant, type SecretValue } from '@coffer/secrets';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditedSecret } from '../audit/audited.js';
import type { AuthorizedRequest } from '../endpoint/authorize.js';
import type { CachedAnswer } from '../endpoint/cached-answer.js';
import { isAudited, type AnyAnswer, type EndpointDefinition } from '../endpoint/endpoint.js';
import { routeOf } from '../endpoint/route.js';

declare module 'fastify' {
  interface FastifyInstance {
    audit: RequestAudit;
  }
  interface FastifyRequest {
    /** Who calls, once that is known, also of a request that is then refused. */
    caller: Principal | undefined;
    /** Whether there is a record of how this request ended. */
    isAudited: boolean;
  }
}

/** The part of a key ring that gives records the keyed hash of a value. */
export interface ValueHasher {
  readonly activeId: string;
  hmac(purpose: 'audit-hmac', ...parts: readonly string[]): Buffer;
}

export const auditUnavailable = (): CofferError =>
  new CofferError(
    'audit-unavailable',
    'no sink of coffer.audit has taken the record of this request, so nothing is given out; its operator has to act',
  );

/** `KEY:HMAC` of a value in a tenant. */
export const hmacText = (keyId: string, hmac: Buffer): string => `${keyId}:${hmac.toString('base64url')}`;

const OK = 200;
const NOT_MODIFIED = 304;
const ACCEPTED = 202;

const outcomeOf = (status: number, method: string | undefined): string => {
  if (status === NOT_MODIFIED) return 'not-modified';
  if (status === ACCEPTED) return 'accepted';
  return method === 'HEAD' ? 'headers-only' : 'ok';
};

/** What is said to whoever is not let in, also by endpoints that are open. */
const DENIALS: ReadonlySet<string> = new Set(['forbidden', 'unauthorized', 'login-throttled']);

/** As Node has it. */
type RawRequest = FastifyRequest['raw'];
type Place = Pick<AuditEntry, 'tenant' | 'namespace' | 'key' | 'target'>;

/** Nobody's: a body's key may be anything, and as long as a body. */
const textOf = (key: unknown): string | undefined =>
  typeof key === 'string' && key.length <= 2 * MAX_KEY_LENGTH ? key : undefined;

const placeOf = ({ tenant, namespace, parameters }: AuthorizedRequest): Place => ({
  tenant,
  namespace,
  key: textOf(parameters['*']),
  target: textOf(parameters['id']),
});

/** Nothing where it could be none: whoever is not let in writes no text of their own into the audit. */
const valid = (text: string | undefined, parse: (text: string) => string): string | undefined => {
  try {
    return text === undefined ? undefined : parse(text);
  } catch {
    return undefined;
  }
};

/** Those of the path, of a request that was refused before anybody looked at them. */
const askedPlace = (request: FastifyRequest): Place => {
  try {
    const parameters = routeOf(request).parametersOf(request.raw);
    return {
      tenant: valid(parameters['tenant'], parseTenant),
      namespace: valid(parameters['namespace'], parseNamespace),
      key: valid(parameters['*'], parseKey),
      target: valid(parameters['id'], parseKey),
    };
  } catch {
    return {};
  }
};

/** The text that an answer was recorded with. */
interface RecordedAnswer {
  /** Id of the key that was active then: hashes of values are looked for by the one that is active now. */
  readonly keyId: string;
  readonly address: string;
  readonly version: string | undefined;
  readonly foundIn: string | undefined;
  readonly tail: RecordTail;
}

/**
 * A call of the fast path, and what its answers were recorded with. The value itself is the cache's to keep, within its bounds,
 * or to drop.
 */
export interface CachedRecord {
  readonly definition: EndpointDefinition;
  readonly place: Place & { readonly principal: Principal };
  readonly tails: WeakMap<SecretValue, RecordedAnswer>;
}

/** Makes the records of requests: of every decision, and of everything that is read, written or deleted. */
export class RequestAudit {
  readonly #proxies: TrustedProxies;
  readonly #looksAtProxies: boolean;
  /** A cached value is hashed once. */
  readonly #hmacs = new WeakMap<SecretValue, string>();

  constructor(
    private readonly trail: Pick<AuditTrail, 'append' | 'appendPrepared'>,
    private readonly hasher: ValueHasher,
    trustedProxies: readonly string[] = [],
  ) {
    this.#proxies = new TrustedProxies(trustedProxies);
    this.#looksAtProxies = trustedProxies.length > 0;
  }

  /**
   * For the fast path, whose requests have no id yet. Calls `done` as `AuditTrail.append` does. The same caller who gets the
   * same value again has the same text in the record.
   */
  cached(
    request: RawRequest,
    record: CachedRecord,
    { audited: [secret], requestId }: Pick<CachedAnswer, 'audited' | 'requestId'>,
    done: Taken,
  ): void {
    const address = this.#addressOf(request);
    const { value, version, foundIn } = secret ?? {};
    const keyId = this.hasher.activeId;
    const recorded = value && record.tails.get(value);
    const isKnown =
      recorded !== undefined &&
      recorded.keyId === keyId &&
      recorded.address === address &&
      recorded.version === version &&
      recorded.foundIn === foundIn;
    const tail = isKnown ? recorded.tail : this.#tailOf(request, record, secret);
    if (!isKnown && value !== undefined) record.tails.set(value, { keyId, address, version, foundIn, tail });
    this.trail.appendPrepared(requestId ?? randomUUID(), tail, true, done);
  }

  #tailOf(
    request: RawRequest,
    { definition, place: { principal, ...place } }: CachedRecord,
    secret: AuditedSecret | undefined,
  ): RecordTail {
    const common = { ...this.#common(request, definition, principal), ...place, requestId: '' };
    return recordTail(this.#entry(common, outcomeOf(OK, request.method), secret));
  }

  /** Before a write is carried out. Rejects with `audit-unavailable`. */
  intent(
    request: FastifyRequest,
    definition: EndpointDefinition,
    call: { readonly body: unknown; readonly query: unknown },
  ): Promise<void> | undefined {
    const { audit } = definition;
    const secrets = audit?.intent === true ? [undefined] : (audit?.intents?.(call) ?? []);
    if (secrets.length === 0) return undefined;
    const common = { ...this.#commonOf(request, definition), ...this.#placeOf(request, call.body) };
    const taken = (secret: AuditedSecret | undefined): Promise<void> =>
      new Promise((resolve, reject) => {
        this.trail.append(this.#entry(common, 'intent', secret), true, (isTaken) => {
          if (isTaken) resolve();
          else reject(auditUnavailable());
        });
      });
    return Promise.all(secrets.map(taken)).then(() => undefined);
  }

  /** Calls `send` once the records of the answer were taken, `refuse` where they were not and must be. */
  answered(
    request: FastifyRequest,
    definition: EndpointDefinition,
    answer: AnyAnswer,
    send: () => void,
    refuse: (error: CofferError) => void,
  ): void {
    if (!isAudited(definition)) return send();
    request.isAudited = true;
    const required = definition.audit?.required === true;
    const common = { ...this.#commonOf(request, definition), ...this.#placeOf(request, request.body) };
    const outcome = outcomeOf(answer.status, request.method);
    const secrets = answer.audited ?? [undefined];
    let left = secrets.length;
    let allTaken = true;
    const done = (taken: boolean): void => {
      left -= 1;
      allTaken &&= taken;
      if (left > 0) return;
      if (allTaken || !required) send();
      else refuse(auditUnavailable());
    };
    for (const secret of secrets) this.trail.append(this.#entry(common, outcome, secret), required, done);
  }

  /** Records a request that ends with an error. Calls `send` once its record was taken, or no sink would take it. */
  failed(request: FastifyRequest, { code, details }: CofferError, send: () => void): void {
    // Nothing was decided about a request that Fastify refuses before it looks for a route.
    const definition = request.routeOptions === undefined ? undefined : routeOf(request).definition;
    if (definition === undefined || !isAudited(definition) || request.isAudited) return send();
    request.isAudited = true;
    const { authorized } = request;
    const place = authorized === undefined ? askedPlace(request) : this.#placeOf(request, request.body);
    const { operation } = details;
    const entry: AuditEntry = {
      ...this.#commonOf(request, definition),
      ...place,
      decision: authorized === undefined || DENIALS.has(code) ? 'deny' : 'allow',
      outcome: code,
      operation: typeof operation === 'string' ? operation : undefined,
    };
    this.trail.append(entry, false, () => send());
  }

  #placeOf({ authorized }: FastifyRequest, body: unknown): Place {
    const place = authorized === undefined ? {} : placeOf(authorized);
    // Whoever is not let in writes no text of their own into the audit.
    if (place.key !== undefined || authorized?.principal === undefined) return place;
    if (typeof body !== 'object' || body === null || !('key' in body)) return place;
    return { ...place, key: textOf(body.key) };
  }

  #commonOf(request: FastifyRequest, definition: EndpointDefinition) {
    return { ...this.#common(request.raw, definition, request.caller), requestId: request.id };
  }

  #addressOf({ socket, headers }: RawRequest): string {
    const peer = socket.remoteAddress ?? '';
    const forwardedFor = this.#looksAtProxies ? headers['x-forwarded-for'] : undefined;
    return forwardedFor === undefined ? peer : this.#proxies.clientOf(peer, String(forwardedFor));
  }

  #common(request: RawRequest, definition: EndpointDefinition, principal: Principal | undefined) {
    return {
      principal: principal?.id,
      credential: principal?.credentialId,
      breakGlass: principal?.breakGlass,
      address: this.#addressOf(request),
      action: definition.audit?.action ?? definition.id,
      decision: 'allow' as const,
    };
  }

  #entry(common: Omit<AuditEntry, 'outcome'>, outcome: string, secret: AuditedSecret | undefined): AuditEntry {
    if (secret === undefined) return { ...common, outcome };
    const { value, foundIn, version, operation, secrets } = secret;
    const tenant = common.tenant ?? '';
    const { action = common.action, namespace = common.namespace, key = common.key } = secret;
    return {
      ...common,
      decision: DENIALS.has(secret.outcome ?? outcome) ? 'deny' : common.decision,
      action,
      namespace: textOf(namespace),
      key: textOf(key),
      outcome: secret.outcome ?? outcome,
      foundIn: foundIn === namespace ? undefined : foundIn,
      version,
      operation,
      hmac: value && this.#hmacOf(tenant, value),
      secrets: secrets?.map(({ value: member, ...named }) => ({
        ...named,
        hmac: member && this.#hmacOf(tenant, member),
      })),
    };
  }

  #hmacOf(tenant: string, value: SecretValue): string {
    const { hasher } = this;
    let text = this.#hmacs.get(value);
    // One that was made before another key became active would be looked for in vain once that key is gone.
    if (text?.startsWith(`${hasher.activeId}:`) !== true) {
      text = hmacText(hasher.activeId, hasher.hmac('audit-hmac', tenant, value.reveal()));
      this.#hmacs.set(value, text);
    }
    return text;
  }
}

/** Lets every part of the server that answers make its records. */
export const addAudit = (server: FastifyReply['server'], audit: RequestAudit): void => {
  server.decorate('audit', audit);
  server.decorateRequest('caller', undefined);
  server.decorateRequest('isAudited', false);
};
