import type { Binding, Credentials, GrantTemplate } from './credentials.js';
import type { Grant } from './principal.js';

/** One grant of a configuration: whom it is given to, and where it is written. */
export interface GivenGrant {
  readonly kind: 'token' | 'user' | 'role' | 'issuer' | 'certificate' | 'breakGlass';
  /** As records name them; of an issuer or an entry of `certificates` all whom it is given to: `jwt:ID:*`. */
  readonly principal: string;
  /** The namespace may have claims in it: `ci.{{claims.repository | path}}`. */
  readonly grant: Pick<Grant, 'tenant' | 'namespace' | 'permissions'>;
  /** The namespace up to the first claim in it; `*` where there is nothing before. The whole one where it has no claims. */
  readonly within: string;
  /** The place in the configuration, or in words another one. */
  readonly origin: string;
  /** The claims that are asked of whom it is given to. */
  readonly when?: string;
  /** When the grants end, in milliseconds since the Unix epoch. */
  readonly expiresAtMs?: number;
  readonly cidrs?: readonly string[];
}

type Shared = Omit<GivenGrant, 'grant' | 'within' | 'origin'>;

const plain = (shared: Shared, grants: readonly Grant[], place: string): GivenGrant[] =>
  grants.map(({ tenant, namespace, permissions }, at) => ({
    ...shared,
    grant: { tenant, namespace, permissions },
    within: namespace,
    origin: `${place}.grants[${at}]`,
  }));

/** Whole segments alone: the next one may begin with what stands before a claim. */
const withinOf = ({ parts, text }: GrantTemplate['namespace']): string => {
  if (parts.every((part) => typeof part === 'string')) return text;
  const [first] = parts;
  const segments = typeof first === 'string' ? first.split('.').slice(0, -1) : [];
  return segments.length === 0 ? '*' : segments.join('.');
};

const conditionOf = (when: Binding['when']): string =>
  when.map(({ claim, patterns }) => `${claim} is ${patterns.join(' or ')}`).join(' and ');

const bound = (shared: Shared, bindings: readonly Binding[], place: string): GivenGrant[] =>
  bindings.flatMap(({ when, grants }, binding) =>
    grants.map(({ tenant, namespace, permissions }, at) => ({
      ...shared,
      when: conditionOf(when),
      grant: { tenant, namespace: namespace.text, permissions },
      within: withinOf(namespace),
      origin: `${place}.bindings[${binding}].grants[${at}]`,
    })),
  );

/** All grants of a configuration in its order; break-glass grants that are over do not count and are left out. */
export const givenGrantsOf = (credentials: Credentials, nowMs: number): readonly GivenGrant[] => {
  const { tokens, users, issuers = [], roles = [], breakGlass = [], certificates = [] } = credentials;
  const place = (list: string, at: number): string => `coffer.access.${list}[${at}]`;
  const written = tokens.filter(({ origin }) => origin === undefined);
  return [
    ...tokens.flatMap((token) => {
      const { id, grants, expiresAtMs, cidrs, origin = place('tokens', written.indexOf(token)) } = token;
      const limits = {
        ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
        ...(cidrs === undefined ? {} : { cidrs }),
      };
      const given = plain({ kind: 'token', principal: `token:${id}`, ...limits }, grants, origin);
      return token.origin === undefined ? given : given.map((each) => ({ ...each, origin }));
    }),
    ...users.flatMap(({ username, grants }, at) =>
      plain({ kind: 'user', principal: `user:${username}` }, grants, place('users', at)),
    ),
    ...roles.flatMap(({ id, grants }, at) =>
      plain({ kind: 'role', principal: `role:${id}` }, grants, place('roles', at)),
    ),
    ...issuers.flatMap(({ id, bindings }, at) =>
      bound({ kind: 'issuer', principal: `jwt:${id}:*` }, bindings, place('issuers', at)),
    ),
    ...certificates.flatMap(({ id, bindings }, at) =>
      bound({ kind: 'certificate', principal: `certificate:${id}:*` }, bindings, place('certificates', at)),
    ),
    ...breakGlass.flatMap(({ to, grants, expiresAtMs }, at) =>
      expiresAtMs <= nowMs
        ? []
        : plain({ kind: 'breakGlass', principal: to, expiresAtMs }, grants, place('breakGlass', at)),
    ),
  ];
};
