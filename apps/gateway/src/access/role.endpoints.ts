import { endpoint } from '../http/endpoint/endpoint.js';
import { roleLogIn, roleToken } from './schemas.js';

/** Anybody may send one, and nobody is known yet. */
const LOG_IN_MAX_BYTES = 4_096;

export const logIn = endpoint({
  id: 'logIn',
  face: 'coffer',
  method: 'POST',
  path: '/access/login',
  access: 'open',
  audit: { action: 'access.login', required: true },
  summary: 'Gives a token for a secret id of a role',
  description: 'The token counts for at most an hour, in every tenant that the role has grants in, with every gateway.',
  body: roleLogIn,
  bodyMaxBytes: LOG_IN_MAX_BYTES,
  answers: { 200: { description: 'The token.', body: roleToken } },
  errors: ['invalid', 'malformed', 'unauthorized', 'login-throttled', 'audit-unavailable'],
});
