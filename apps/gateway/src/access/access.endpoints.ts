import { endpoint } from '../http/endpoint/endpoint.js';
import { explainAnswer, explainBody, givenGrantPage, givenGrantsQuery, whoamiAnswer } from './schemas.js';

export const whoami = endpoint({
  id: 'whoami',
  face: 'coffer',
  method: 'GET',
  path: '/whoami',
  access: 'authenticated',
  audit: { action: 'access.whoami' },
  summary: 'Who is calling, and with which grants',
  answers: { 200: { description: 'The caller.', body: whoamiAnswer } },
});

export const explainAccess = endpoint({
  id: 'explainAccess',
  face: 'coffer',
  method: 'POST',
  path: '/access/explain',
  access: 'authenticated',
  audit: { action: 'access.explain' },
  summary: 'Which grants allow or deny something',
  description:
    'About oneself, or, with `admin` in that namespace, about others, of whose grants those are shown that cover it.',
  body: explainBody,
  answers: {
    200: { description: 'Each grant that may be shown, and why it allows this or does not.', body: explainAnswer },
  },
  errors: ['not-found'],
});

export const listAccess = endpoint({
  id: 'listAccess',
  face: 'coffer',
  method: 'GET',
  path: '/access',
  access: { inTenant: ['admin'] },
  audit: { action: 'access.list' },
  summary: 'Who may do what, and where that is written',
  description:
    'The grants of the configuration that counts at this gateway, in its order: those that cover a namespace which the caller ' +
    'administers, or one below it.',
  query: givenGrantsQuery,
  answers: { 200: { description: 'A page, and how many there are in all.', body: givenGrantPage } },
});
