import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Failure } from './failure.ts';

/** What a token for any vault of the public cloud is issued for: https://learn.microsoft.com/en-us/azure/key-vault/general/authentication-requests-and-responses */
export const RESOURCE = 'https://vault.azure.net';

/** "The default lifetime of an access token" is 60 to 90 minutes: https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#token-lifetime */
const LIFETIME_SECONDS = 3_600;

/** Https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets#secret-access-control. */
export type Permission = 'get' | 'list' | 'set' | 'delete' | 'recover' | 'backup' | 'restore' | 'purge';

export interface Principal {
  clientId: string;
  secret: string;
  permissions: Permission[];
}

interface Answer {
  status: number;
  body: object;
}

const segment = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/**
 * Error answers of the token endpoint:
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow#error-response
 * https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
const refusal = (status: number, error: string, code: number, text: string): Answer => ({
  status,
  body: { error, error_description: `AADSTS${code}: ${text}`, error_codes: [code] },
});

/** As much of Microsoft Entra ID as client credentials need, for one tenant. */
export class Identity {
  readonly tenantId: string;
  readonly principals: Principal[];
  readonly now: () => number;
  #key = randomBytes(32);

  constructor({ tenantId, principals, now }: { tenantId: string; principals: Principal[]; now: () => number }) {
    this.tenantId = tenantId;
    this.principals = principals;
    this.now = now;
  }

  /** https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc#find-your-apps-openid-configuration-document-uri */
  discovery(origin: string, tenant: string): Answer {
    if (tenant !== this.tenantId) return refusal(400, 'invalid_tenant', 90002, 'Tenant not found.');
    const base = `${origin}/${tenant}`;
    const body = {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      response_types_supported: ['code', 'id_token', 'token'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
    return { status: 200, body };
  }

  /**
   * By a shared secret, or by a federated credential (a workload's own token, which is its client id here):
   * https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow#get-a-token
   */
  token(tenant: string, form: URLSearchParams): Answer {
    if (tenant !== this.tenantId) return refusal(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
    if (form.get('grant_type') !== 'client_credentials') {
      return refusal(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    }
    const principal = this.principals.find(({ clientId }) => clientId === form.get('client_id'));
    if (principal === undefined) {
      return refusal(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
    }
    const assertion = form.get('client_assertion');
    if (assertion !== null && assertion !== `federated:${principal.clientId}`) {
      return refusal(401, 'invalid_client', 700211, 'No matching federated identity record found.');
    }
    if (assertion === null && form.get('client_secret') !== principal.secret) {
      return refusal(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    }
    if (!(form.get('scope') ?? '').split(' ').includes(`${RESOURCE}/.default`)) {
      return refusal(400, 'invalid_scope', 70011, 'The provided value for the input parameter scope is not valid.');
    }
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: LIFETIME_SECONDS, access_token: this.#issue(principal) },
    };
  }

  /**
   * A managed identity's token, as an App Service gives it; the header holds the secret of the machine.
   * https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity#rest-endpoint-reference
   */
  managed(query: URLSearchParams, header: string | undefined): Answer {
    const [first] = this.principals;
    const wanted = query.get('client_id') ?? query.get('mi_res_id')?.split('/').at(-1) ?? first?.clientId;
    const principal = this.principals.find(({ clientId }) => clientId === wanted);
    if (principal === undefined || header !== principal.secret || query.get('resource') !== RESOURCE) {
      return {
        status: 400,
        body: { statusCode: 400, message: 'No User Assigned or Delegated Managed Identity found.' },
      };
    }
    const expires_on = `${Math.floor(this.now() / 1000) + LIFETIME_SECONDS}`;
    const body = {
      access_token: this.#issue(principal),
      client_id: principal.clientId,
      expires_on,
      resource: RESOURCE,
    };
    return { status: 200, body: { ...body, token_type: 'Bearer' } };
  }

  #issue({ clientId }: Principal) {
    const exp = Math.floor(this.now() / 1000) + LIFETIME_SECONDS;
    const text = `${segment({ alg: 'HS256', typ: 'JWT' })}.${segment({ aud: RESOURCE, tid: this.tenantId, appid: clientId, exp })}`;
    return `${text}.${this.#sign(text)}`;
  }

  #sign(text: string) {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  /**
   * Without a valid token a request is challenged:
   * https://learn.microsoft.com/en-us/azure/key-vault/general/authentication-requests-and-responses#authentication.
   * `origin`: of the authority.
   */
  authenticate(authorization: string | undefined, origin: string): Principal {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    const challenge = `Bearer authorization="${origin}/${this.tenantId}", resource="${RESOURCE}"`;
    const headers = { 'www-authenticate': challenge };
    if (token === undefined) {
      throw new Failure(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.', { headers });
    }
    const principal = this.#holderOf(token);
    if (principal === undefined) {
      const message = 'AKV10022: Invalid audience, signature or lifetime of the token.';
      throw new Failure(401, 'Unauthorized', message, {
        headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
      });
    }
    return principal;
  }

  #holderOf(token: string) {
    const [head = '', body = '', signature = ''] = token.split('.');
    const expected = this.#sign(`${head}.${body}`);
    if (signature.length !== expected.length) return undefined;
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return undefined;
    const { exp, appid } = JSON.parse(Buffer.from(body, 'base64url').toString());
    return this.now() < exp * 1000 ? this.principals.find(({ clientId }) => clientId === appid) : undefined;
  }
}

/** https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes#http-403-insufficient-permissions */
export function authorise({ permissions }: Principal, permission: Permission) {
  if (permissions.includes(permission)) return;
  const message = `The user, group or application does not have secrets ${permission} permission on key vault.`;
  throw new Failure(403, 'Forbidden', message, { inner: 'AccessDenied' });
}
