import { Failure, badParameter } from './failure.ts';
import { authorise } from './identity.ts';
import { pageSizeOf } from './limits.ts';
import type { Vault, Secret, Version } from './vault.ts';
import type { Permission, Identity } from './identity.ts';
import type { Throttle } from './throttle.ts';

/** `url`: as the client sees it. */
export interface Request {
  method: string;
  url: URL;
  headers: Record<string, string | undefined>;
  body: string;
}

export interface Response {
  status: number;
  headers?: Record<string, string>;
  body?: object;
}

/** In the example answers: soft delete, without purge protection. */
const RECOVERY_LEVEL = 'Recoverable+Purgeable';

/** https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-secret/get-secret?view=rest-keyvault-secrets-7.4#secretattributes */
const attributesOf = ({ enabled, nbf, exp, created, updated }: Version) => ({
  enabled,
  ...(nbf === undefined ? {} : { nbf }),
  ...(exp === undefined ? {} : { exp }),
  created,
  updated,
});

/** What bundles and items have in common. */
const describe = ({ contentType, tags }: Version) => ({
  ...(contentType === undefined ? {} : { contentType }),
  ...(tags === undefined || Object.keys(tags).length === 0 ? {} : { tags }),
});

/** The REST operations on secrets, each under the permission that its page names. */
export class Rest {
  readonly vault: Vault;
  readonly identity: Identity;
  readonly throttle: Throttle;
  readonly authority: (vault: string) => string;

  constructor({
    vault,
    identity,
    throttle,
    authority,
  }: {
    vault: Vault;
    identity: Identity;
    throttle: Throttle;
    authority: (vault: string) => string;
  }) {
    this.vault = vault;
    this.identity = identity;
    this.throttle = throttle;
    this.authority = authority;
  }

  handle(request: Request): Response {
    try {
      this.throttle.admit();
      const principal = this.identity.authenticate(
        request.headers['authorization'],
        this.authority(request.url.origin),
      );
      // "api-version … True": required on every page of the reference.
      if (!/^(\d\.\d|\d{4}-\d\d-\d\d)(-preview.*)?$/.test(request.url.searchParams.get('api-version') ?? '')) {
        throw badParameter('api-version must be specified');
      }
      const [permission, run] = this.#route(request);
      authorise(principal, permission);
      const body = run();
      return body === undefined ? { status: 204 } : { status: 200, body };
    } catch (error) {
      if (error instanceof Failure) return { status: error.status, headers: error.headers, body: error.body };
      throw error;
    }
  }

  #route(request: Request): [Permission, () => object | undefined] {
    const { url, method } = request;
    const { origin } = url;
    const [collection = '', name = '', third = '', more] = url.pathname
      .replace(/^\/+/, '')
      .split('/')
      .map((part) => decodeURIComponent(part));
    const at = `${method} ${collection}`;
    const whole = ([secret, version]: [Secret, Version]) => ({
      ...this.#bundle(origin, secret, version),
      value: version.value,
    });
    const bare = ([secret, version]: [Secret, Version]) => this.#bundle(origin, secret, version);
    const gone = ([secret, version]: [Secret, Version]) => ({
      ...this.#bundle(origin, secret, version),
      ...this.#recovery(origin, secret),
    });
    if (more === undefined || more === '') {
      if (at === 'GET secrets' && name === '') return ['list', () => this.#list(url, 'live')];
      if (at === 'GET deletedsecrets' && name === '') return ['list', () => this.#list(url, 'deleted')];
      if (at === 'GET secrets' && third === 'versions') return ['list', () => this.#versions(url, name)];
      if (at === 'POST secrets' && name === 'restore' && third === '') {
        return ['restore', () => bare(this.vault.restore(json(request).value))];
      }
      if (at === 'POST secrets' && third === 'backup') return ['backup', () => ({ value: this.vault.backup(name) })];
      if (at === 'POST deletedsecrets' && third === 'recover') return ['recover', () => bare(this.vault.recover(name))];
      if (at === 'GET deletedsecrets' && third === '') return ['get', () => gone(this.vault.getDeleted(name))];
      if (at === 'DELETE deletedsecrets' && third === '') return ['purge', () => this.vault.purge(name)];
      if (at === 'GET secrets') return ['get', () => whole(this.vault.get(name, third))];
      if (at === 'PUT secrets' && third === '') return ['set', () => whole(this.vault.set(name, json(request)))];
      if (at === 'PATCH secrets') return ['set', () => bare(this.vault.update(name, third, json(request)))];
      if (at === 'DELETE secrets' && third === '') return ['delete', () => gone(this.vault.delete(name))];
    }
    throw badParameter(`Method ${method} does not allow operation on this path`);
  }

  #bundle(origin: string, { name }: Secret, version: Version) {
    return {
      ...describe(version),
      id: `${origin}/secrets/${name}/${version.id}`,
      attributes: { ...attributesOf(version), recoveryLevel: RECOVERY_LEVEL },
    };
  }

  #recovery(origin: string, secret: Secret) {
    return { recoveryId: `${origin}/deletedsecrets/${secret.name}`, ...this.vault.datesOf(secret) };
  }

  /**
   * "only the base secret identifier and its attributes are provided in the response":
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-secrets/get-secrets?view=rest-keyvault-secrets-7.4
   * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-deleted-secrets/get-deleted-secrets?view=rest-keyvault-secrets-7.4
   */
  #list(url: URL, kind: 'live' | 'deleted') {
    const { items, more } = this.vault.page(kind, skippedTo(url), pageSizeOf(url.searchParams.get('maxresults')));
    const value = items.map(([secret, version]) => ({
      ...describe(version),
      ...(kind === 'deleted' ? this.#recovery(url.origin, secret) : {}),
      id: `${url.origin}/secrets/${secret.name}`,
      attributes:
        kind === 'deleted' ? { ...attributesOf(version), recoveryLevel: RECOVERY_LEVEL } : attributesOf(version),
    }));
    return { value, nextLink: more ? nextLink(url, items.at(-1)?.[0].name.toLowerCase() ?? '') : null };
  }

  /** https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-secret-versions/get-secret-versions?view=rest-keyvault-secrets-7.4 */
  #versions(url: URL, name: string) {
    const { items, more } = this.vault.versions(name, skippedTo(url), pageSizeOf(url.searchParams.get('maxresults')));
    const value = items.map(([secret, version]) => ({
      ...describe(version),
      id: `${url.origin}/secrets/${secret.name}/${version.id}`,
      attributes: attributesOf(version),
    }));
    return { value, nextLink: more ? nextLink(url, items.at(-1)?.[1].id ?? '') : null };
  }
}

function skippedTo(url: URL): string {
  const token = url.searchParams.get('$skiptoken');
  return token === null ? '' : Buffer.from(token, 'base64url').toString();
}

/** With the port spelt out and an opaque token, as in the example answers. */
function nextLink(url: URL, after: string) {
  const { protocol, hostname, port, pathname, searchParams } = url;
  const size = searchParams.get('maxresults');
  const token = Buffer.from(after).toString('base64url');
  const query = `api-version=${searchParams.get('api-version')}&$skiptoken=${token}${size === null ? '' : `&maxresults=${size}`}`;
  return `${protocol}//${hostname}:${port || 443}${pathname}?${query}`;
}

function json({ headers, body }: Request): any {
  if (!/^application\/json/i.test(headers['content-type'] ?? ''))
    throw new Failure(415, 'UnsupportedMediaType', 'Not JSON');
  try {
    const parsed = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Answered below.
  }
  throw badParameter('The request body is not a JSON object.');
}
