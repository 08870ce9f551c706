import { z } from 'zod';
import { endpoint } from '../http/endpoint/endpoint.js';

const health = z
  .strictObject({ status: z.enum(['ok', 'unavailable']), details: z.record(z.string(), z.string()).optional() })
  .meta({ id: 'Health' });

const healthAnswers = {
  200: { description: 'Yes.', body: health },
  503: {
    description: 'No; `details` says what is missing, and names stores to those who administer what they serve.',
    body: health,
  },
} as const;

export const live = endpoint({
  id: 'live',
  face: 'root',
  method: 'GET',
  path: '/health/live',
  access: 'open',
  summary: 'Whether the process works',
  answers: healthAnswers,
});

export const readyReads = endpoint({
  id: 'ready',
  face: 'root',
  method: 'GET',
  path: '/health/ready',
  access: 'open',
  identify: true,
  summary: 'Whether reads can be served',
  answers: healthAnswers,
});

export const readyWrites = endpoint({
  id: 'readyWrites',
  face: 'root',
  method: 'GET',
  path: '/health/ready/writes',
  access: 'open',
  identify: true,
  summary: 'Whether writes can be served',
  answers: healthAnswers,
});

export const metrics = endpoint({
  id: 'metrics',
  face: 'root',
  method: 'GET',
  path: '/metrics',
  access: 'authenticated',
  summary: 'Figures for Prometheus',
  answerShare: 'reserved',
  answers: { 200: { description: 'Prometheus’ text format.', body: z.string(), types: ['text/plain'] } },
});

export const description = endpoint({
  id: 'openapi',
  face: 'root',
  method: 'GET',
  path: '/openapi.json',
  access: 'authenticated',
  summary: 'This description',
  answers: { 200: { description: 'OpenAPI 3.1.', body: z.record(z.string(), z.unknown()) } },
});

export const front = endpoint({
  id: 'front',
  face: 'root',
  method: 'GET',
  path: '/',
  access: 'open',
  summary: 'What this is, and where the API is',
  answers: {
    200: {
      description: 'A page or JSON, as `Accept` asks.',
      body: z.unknown(),
      types: ['application/json', 'text/html'],
    },
  },
});

/** What the addresses of the console say is for its own scripts. */
const consoleRequest = {
  query: z.looseObject({}),
  headers: z.object({ 'accept-encoding': z.string().optional(), 'if-none-match': z.string().optional() }),
};

const consoleAnswers = {
  200: {
    description: 'A file of the console; its page where the path names none.',
    body: z.unknown(),
    types: ['text/html', 'text/javascript', 'text/css', 'image/svg+xml'],
  },
  304: { description: 'As `If-None-Match` has it.' },
} as const;

export const consoleRedirect = endpoint({
  id: 'consoleRedirect',
  face: 'root',
  method: 'GET',
  path: '/ui',
  access: 'open',
  summary: 'Leads to the console',
  query: consoleRequest.query,
  answers: { 308: { description: '`/ui/`.' } },
});

export const consoleIndex = endpoint({
  id: 'consoleIndex',
  face: 'root',
  method: 'GET',
  path: '/ui/',
  access: 'open',
  summary: 'The console',
  ...consoleRequest,
  answers: consoleAnswers,
  errors: ['not-found'],
});

export const consoleFile = endpoint({
  id: 'consoleFile',
  face: 'root',
  method: 'GET',
  path: '/ui/{key}',
  access: 'open',
  summary: 'Pages and files of the console',
  ...consoleRequest,
  answers: consoleAnswers,
  errors: ['not-found'],
});
