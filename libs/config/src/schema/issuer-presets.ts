/** Algorithms of keys of which everybody may know the public half. */
export const PUBLIC_KEY_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
] as const;
/** Algorithms of keys that both sides keep secret. */
export const SHARED_KEY_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;

export interface IssuerPreset {
  /** The `iss` of its tokens. Absent where each installation has one of its own. */
  readonly issuer?: string;
  readonly algorithms: readonly string[];
  /** Whether a token without `nbf` is refused. */
  readonly notBefore: 'required' | 'optional';
  /** The claim by which the caller is named. */
  readonly subjectClaim: string;
  /** Whether its tokens name no audience, so that none can be asked for. */
  readonly withoutAudience?: true;
}

const PRESETS = {
  /** GitHub Actions. https://docs.github.com/en/actions/reference/security/oidc */
  github: {
    issuer: 'https://token.actions.githubusercontent.com',
    algorithms: ['RS256'],
    notBefore: 'required',
    subjectClaim: 'sub',
  },
  /** GitLab CI/CD; an installation of one's own has its own issuer. https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
  gitlab: { issuer: 'https://gitlab.com', algorithms: ['RS256'], notBefore: 'required', subjectClaim: 'sub' },
  /**
   * Tokens of service accounts; managed clusters have issuers of their own.
   * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
   */
  kubernetes: {
    issuer: 'https://kubernetes.default.svc.cluster.local',
    algorithms: ['RS256', 'ES256'],
    notBefore: 'required',
    subjectClaim: 'sub',
  },
  /**
   * JWT-SVIDs, whose standard asks for `sub`, `aud` and `exp` only; SPIRE writes `iss` once its `jwt_issuer` is set.
   * https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md
   */
  spiffe: {
    algorithms: PUBLIC_KEY_ALGORITHMS.filter((algorithm) => algorithm !== 'EdDSA'),
    notBefore: 'optional',
    subjectClaim: 'sub',
  },
  /** A realm is an issuer; its tokens have no `nbf`. https://www.keycloak.org/docs/latest/server_admin/ */
  keycloak: { algorithms: ['RS256'], notBefore: 'optional', subjectClaim: 'sub' },
  /**
   * A tenant is an issuer; `oid` names users and service principals alike, and never changes.
   * https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
   */
  entra: { algorithms: ['RS256'], notBefore: 'required', subjectClaim: 'oid' },
  /**
   * Sessions of Kestra, which Micronaut signs with a secret of the installation; that secret is the only audience.
   * https://micronaut-projects.github.io/micronaut-security/latest/guide/#jwt
   */
  kestra: { algorithms: ['HS256'], notBefore: 'required', subjectClaim: 'sub', withoutAudience: true },
} as const satisfies Readonly<Record<string, IssuerPreset>>;

export const PRESET_NAMES = Object.keys(PRESETS) as (keyof typeof PRESETS)[];

/** What counts where no preset is named. */
const PLAIN: IssuerPreset = { algorithms: ['RS256', 'ES256'], notBefore: 'required', subjectClaim: 'sub' };

export const presetOf = (name: keyof typeof PRESETS | undefined): IssuerPreset =>
  name === undefined ? PLAIN : PRESETS[name];
