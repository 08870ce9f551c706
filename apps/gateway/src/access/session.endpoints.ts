import { endpoint } from '../http/endpoint/endpoint.js';
import { callbackQuery, signedIn, signInBody, signInMethods, startQuery } from './schemas.js';

/** Anybody may send one, and nobody is known yet. */
const SIGN_IN_MAX_BYTES = 8_192;

export const listSignInMethods = endpoint({
  id: 'listSignInMethods',
  face: 'root',
  method: 'GET',
  path: '/session/methods',
  access: 'open',
  summary: 'How somebody may sign in',
  answers: { 200: { description: 'The ways that the configuration has.', body: signInMethods } },
});

export const signIn = endpoint({
  id: 'signIn',
  face: 'root',
  method: 'POST',
  path: '/session',
  access: 'open',
  audit: { action: 'session.sign-in', required: true },
  summary: 'Begins a session of a browser, by an access token or a user and password',
  description: 'For pages of this origin, which send `X-Coffer-Csrf: 1`. Other clients need no session.',
  body: signInBody,
  bodyMaxBytes: SIGN_IN_MAX_BYTES,
  answers: { 201: { description: 'Who has signed in; the session is in a cookie.', body: signedIn } },
  errors: ['invalid', 'malformed', 'unauthorized', 'login-throttled', 'forbidden', 'overloaded', 'audit-unavailable'],
});

export const signOut = endpoint({
  id: 'signOut',
  face: 'root',
  method: 'DELETE',
  path: '/session',
  access: 'open',
  audit: { action: 'session.sign-out' },
  summary: 'Ends the session of the cookie',
  description: 'For pages of this origin, which send `X-Coffer-Csrf: 1`.',
  answers: { 204: { description: 'There is no session any more, or there was none.' } },
  errors: ['forbidden'],
});

export const startLogin = endpoint({
  id: 'startLogin',
  face: 'root',
  method: 'GET',
  path: '/session/issuers/{id}/start',
  access: 'open',
  summary: 'Sends a browser to an issuer, where somebody logs in',
  query: startQuery,
  answers: { 303: { description: 'To the issuer; or to the sign-in page with `error`, when it cannot be reached.' } },
  errors: ['invalid', 'not-found'],
});

export const endLogin = endpoint({
  id: 'endLogin',
  face: 'root',
  method: 'GET',
  path: '/session/issuers/{id}/callback',
  access: 'open',
  audit: { action: 'session.sign-in', required: true },
  summary: 'Where an issuer sends a browser back to',
  query: callbackQuery,
  answers: { 303: { description: 'To the page that it began on, signed in; or to the sign-in page with `error`.' } },
  errors: ['invalid', 'not-found', 'audit-unavailable'],
});
