export { createAccessToken, TOKEN_PREFIX } from './access-token.js';
export { Authenticator, type AuthenticatorOptions, type LoginAttempt } from './authenticator.js';
export type { Credentials, TokenCredential, UserCredential } from './credentials.js';
export { parseGrantText } from './grants.js';
export type { ThrottleOptions } from './login-throttle.js';
export { hashPassword } from './password-hash.js';
export { may, mayAnywhere, visibleNamespace } from './permissions.js';
export * from './principal.js';
export { hashAccessToken } from './token-hash.js';
