export { certificateClaims, plainFingerprint } from './certificate/certificate-claims.js';
export type { ClientCertificate, ShownCertificate } from './certificate/client-certificate.js';
export { checkAccessToken, createAccessToken, TOKEN_PREFIX } from './access-token.js';
export { AddressBlocks } from './address-blocks.js';
export { addressSite } from './address-site.js';
export { Authenticator } from './authenticator.js';
export type { AuthenticatorOptions } from './authenticator-options.js';
export type { RecordBreakGlass } from './break-glass.js';
export type {
  Binding,
  BreakGlassCredential,
  CertificateCredential,
  Credentials,
  IssuerCredential,
  RoleCredential,
  SecretIdCredential,
  TokenCredential,
  UserCredential,
} from './credentials.js';
export * from './first-start-token.js';
export { parseGrantText } from './grants.js';
export type { OnKeysRead } from './jwt/issuer-keys.js';
export { ROLE_TOKEN_PREFIX } from './roles/role-token-sealer.js';
export type { GivenGrant } from './given-grants.js';
export type { GivenToken, TokenTimes } from './given-token.js';
export { createSecretId, SECRET_ID_PREFIX } from './roles/secret-id.js';
export type { UseCounter } from './roles/use-counter.js';
export { USER_TOKEN_PREFIX } from './user-tokens.js';
export type { LoginKind, LoginMetrics } from './login-metrics.js';
export { LoginError, type LoginFailure } from './login/login-error.js';
export type { IssuerLogins } from './login/issuer-logins.js';
export type { CookieToken, LoginAttempt, LoginOrigin, SignIn } from './login-attempt.js';
export type { ThrottleOptions } from './login-throttle.js';
export { hashPassword } from './password-hash.js';
export { may, mayAnywhere, mayWithin, visibleNamespace } from './permissions.js';
export * from './principal.js';
export type { OpenSession, SessionCookie } from './sessions/session.js';
export type { PublishRevocation, Revocation } from './sessions/revocations.js';
export { SESSION_IDLE_MS, SESSION_LIFETIME_MS, type Sessions } from './sessions/sessions.js';
export { hashAccessToken, tokenHashKeyId } from './token-hash.js';
export { TrustedProxies } from './trusted-proxies.js';
