import {
  Authenticator,
  may,
  visibleNamespace,
  type GivenGrant,
  type Grant,
  type AskedPrincipal,
  type Permission,
  type Principal,
} from '@coffer/access';
import { CofferError, isWithinNamespace } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { sliceOf } from '../http/request/paging.js';
import { explainAccess, listAccess, whoami } from './access.endpoints.js';
import type { VERDICTS } from './schemas.js';

type GivenRow = Answer<typeof listAccess>['body']['results'][number];
type Explained = Answer<typeof explainAccess>['body']['grants'][number];

/** A grant as answers show it; `origin` is its place among the principal's grants, or the binding that gave it. */
const shown = (grant: Grant, at: number) => ({
  tenant: grant.tenant,
  namespace: grant.namespace,
  permissions: [...grant.permissions],
  origin: grant.origin ?? `grants[${at}]`,
});

/** As the API tells it. */
export const sessionTimesOf = ({ expiresAtMs, idleAtMs }: NonNullable<Principal['session']>) => ({
  until: new Date(expiresAtMs).toISOString(),
  idleUntil: new Date(idleAtMs).toISOString(),
});

const isOf = (grant: Pick<Grant, 'tenant'>, tenant: string): boolean => grant.tenant === '*' || grant.tenant === tenant;

const covers = (grant: Grant, namespace: string): boolean =>
  grant.namespace === '*' || isWithinNamespace(namespace, grant.namespace);

const verdictOf = (
  grant: Grant,
  permission: Permission,
  tenant: string,
  namespace: string,
): (typeof VERDICTS)[number] => {
  if (!isOf(grant, tenant)) return 'other-tenant';
  if (!covers(grant, namespace)) return 'other-namespace';
  return grant.permissions.includes(permission) ? 'allows' : 'other-permissions';
};

/** Whether what lies within the one may be the other, or below it. */
const overlaps = (within: string, namespace: string): boolean => within === '*' || isWithinNamespace(namespace, within);

/** Those that cover what the caller administers, or lie in it: elsewhere they learn nothing of others. */
const visibleTo = (caller: Principal, tenant: string): ((given: GivenGrant) => boolean) => {
  const administers = visibleNamespace(caller, 'admin', tenant);
  const scopes = caller.grants
    .filter((grant) => isOf(grant, tenant) && grant.permissions.includes('admin'))
    .map(({ namespace }) => namespace);
  return ({ grant, within }) =>
    isOf(grant, tenant) &&
    scopes.some((scope) => scope === '*' || overlaps(within, scope) || (within !== '*' && administers(within)));
};

const rowOf = (
  { kind, principal, grant, origin, when, expiresAtMs, cidrs }: GivenGrant,
  lastUses: ReadonlyMap<string, number>,
): GivenRow => {
  const usedAtMs = kind === 'token' ? lastUses.get(principal) : undefined;
  return {
    ...{
      kind,
      principal,
      tenant: grant.tenant,
      namespace: grant.namespace,
      permissions: [...grant.permissions],
      origin,
    },
    ...(when === undefined ? {} : { when }),
    ...(expiresAtMs === undefined ? {} : { expires: new Date(expiresAtMs).toISOString() }),
    ...(cidrs === undefined ? {} : { cidrs: [...cidrs] }),
    ...(usedAtMs === undefined ? {} : { lastUsed: new Date(usedAtMs).toISOString() }),
  };
};

/** Who is calling, and why something is allowed or not. */
@Controller()
export class AccessController {
  constructor(
    @Inject(Authenticator)
    private readonly authenticator: Pick<Authenticator, 'principalOf' | 'givenGrants' | 'lastUses'>,
  ) {}

  @Endpoint(whoami)
  async whoami({ principal, tenant }: Call<typeof whoami>): Promise<Answer<typeof whoami>> {
    const { id, credentialId, grants, session } = principal;
    const counting = grants.map(shown).filter((grant) => isOf(grant, tenant));
    const credential = credentialId === undefined ? {} : { credential: credentialId };
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        principal: id,
        ...credential,
        grants: counting,
        ...(session && { session: sessionTimesOf(session) }),
      },
    };
  }

  @Endpoint(explainAccess)
  async explain({ principal, tenant, body }: Call<typeof explainAccess>): Promise<Answer<typeof explainAccess>> {
    const { permission, namespace } = body;
    const asked = this.#askedAbout(principal, tenant, body);
    // Whoever administers a namespace learns nothing of what others may do elsewhere.
    const isShown = (grant: Grant): boolean => asked === principal || (isOf(grant, tenant) && covers(grant, namespace));
    const grants = asked.grants.flatMap((grant, at): readonly Explained[] =>
      isShown(grant)
        ? [{ ...shown(grant, at), verdict: asked.refusal ?? verdictOf(grant, permission, tenant, namespace) }]
        : [],
    );
    const allowed = asked.refusal === undefined && may(asked, permission, tenant, namespace);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { allowed, principal: asked.id, grants },
    };
  }

  @Endpoint(listAccess)
  async list({ principal: caller, tenant, query }: Call<typeof listAccess>): Promise<Answer<typeof listAccess>> {
    const { principal: sought = '', namespace, permission } = query;
    const visible = visibleTo(caller, tenant);
    const given = this.authenticator
      .givenGrants()
      .filter(
        (each) =>
          visible(each) &&
          each.principal.toLowerCase().includes(sought.toLowerCase()) &&
          (namespace === undefined || overlaps(each.within, namespace)) &&
          (permission === undefined || each.grant.permissions.includes(permission)),
      );
    const lastUses = new Map(this.authenticator.lastUses().map(([id, usedAtMs]) => [`token:${id}`, usedAtMs]));
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { results: sliceOf(given, query).map((each) => rowOf(each, lastUses)), total: given.length },
    };
  }

  /** Throws `forbidden` before it says whether there is anybody else of that name. */
  #askedAbout(caller: Principal, tenant: string, body: Call<typeof explainAccess>['body']): AskedPrincipal {
    const { namespace, principal, issuer, claims } = body;
    if (issuer === undefined && (principal === undefined || principal === caller.id)) return caller;
    if (!may(caller, 'admin', tenant, namespace)) {
      throw new CofferError(
        'forbidden',
        `asking about others needs the permission 'admin' in namespace '${namespace}' of tenant '${tenant}'`,
      );
    }
    const found = this.authenticator.principalOf(
      issuer === undefined ? { id: principal ?? '' } : { issuer, claims: claims ?? {} },
    );
    if (found !== undefined) return found;
    throw new CofferError(
      'not-found',
      'no token, user, role or issuer of that name is in the configuration (coffer.access)',
    );
  }
}
