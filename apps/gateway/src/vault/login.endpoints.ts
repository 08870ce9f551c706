import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';
import { loggedIn } from './answers.js';
import { anyQuery } from './system.endpoints.js';

/** Anybody may send one, and nobody is known yet; a JSON Web Token fits into the headers of a request. */
const LOG_IN_MAX_BYTES = 32_768;
const MAX_NAME_LENGTH = 1_024;

const name = z.string().max(MAX_NAME_LENGTH);

const common = {
  face: 'vault',
  method: 'POST',
  access: 'open',
  audit: { action: 'access.login', required: true },
  query: anyQuery,
  bodyMaxBytes: LOG_IN_MAX_BYTES,
  answers: { 200: { description: 'The token.', body: loggedIn } },
  errors: ['invalid', 'malformed', 'unauthorized', 'login-throttled', 'audit-unavailable'],
} as const;

export const appRoleLogin = endpoint({
  ...common,
  id: 'vaultAppRoleLogin',
  path: '/auth/approle/login',
  summary: 'Gives a token for a secret id of a role (coffer.access.roles)',
  body: z.looseObject({ role_id: name, secret_id: z.string() }),
});
export const putAppRoleLogin = endpoint({ ...appRoleLogin, id: 'putVaultAppRoleLogin', method: 'PUT' });

export const jwtLogin = endpoint({
  ...common,
  id: 'vaultJwtLogin',
  path: '/auth/jwt/login',
  summary: 'Takes a JSON Web Token of an issuer (coffer.access.issuers), which is the token itself',
  body: z.looseObject({
    jwt: z.string(),
    role: name.nullish().meta({ description: 'Ignored: what the claims grant counts.' }),
  }),
});
export const putJwtLogin = endpoint({ ...jwtLogin, id: 'putVaultJwtLogin', method: 'PUT' });

export const kubernetesLogin = endpoint({
  ...jwtLogin,
  id: 'vaultKubernetesLogin',
  path: '/auth/kubernetes/login',
  summary: 'As the log-in by a JSON Web Token, of a service account',
});
export const putKubernetesLogin = endpoint({ ...kubernetesLogin, id: 'putVaultKubernetesLogin', method: 'PUT' });

export const userLogin = endpoint({
  ...common,
  id: 'vaultUserLogin',
  path: '/auth/userpass/login/{path}',
  summary: 'Gives a token for a user’s password (coffer.access.users)',
  body: z.looseObject({ password: z.string() }),
});
export const putUserLogin = endpoint({ ...userLogin, id: 'putVaultUserLogin', method: 'PUT' });
