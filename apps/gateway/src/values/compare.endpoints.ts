import { z } from 'zod';
import { isErrorCode } from '@coffer/secrets';
import { endpoint } from '../http/endpoint/endpoint.js';
import { wholeNumber } from '../http/request/paging.js';

export const MAX_COMPARED = 500;
const DEFAULT_COMPARED = 100;

export const compareQuery = z.strictObject({
  a: z.string().meta({ description: 'A namespace.' }),
  b: z.string().meta({ description: 'Another.' }),
  c: z.string().optional().meta({ description: 'And perhaps a third.' }),
  q: z.string().max(1_000).optional().meta({ description: 'A part of the key, in any case.' }),
  limit: wholeNumber(MAX_COMPARED, DEFAULT_COMPARED, 'Keys of a page.'),
  cursor: z.string().max(2_000).optional().meta({ description: '`next` of the page before.' }),
});

export const VERDICTS = ['same', 'different', 'missing', 'unknown'] as const;

const cell = z
  .strictObject({
    state: z.enum(['here', 'inherited', 'missing', 'failed']),
    from: z.string().optional().meta({ description: 'The parent that holds an inherited one.' }),
    version: z.string().optional(),
    group: z.int().optional().meta({ description: 'Cells of a key with the same number have equal values.' }),
    code: z.string().refine(isErrorCode).optional().meta({ description: 'Why its value was not read.' }),
  })
  .meta({ id: 'ComparedCell' });

export const comparison = z
  .strictObject({
    namespaces: z.array(z.string()),
    keys: z.array(
      z
        .strictObject({
          key: z.string(),
          verdict: z.enum(VERDICTS).meta({ description: '`missing`: in one of them; `unknown`: one was not read.' }),
          cells: z.array(cell).meta({ description: 'In the order of the namespaces.' }),
        })
        .meta({ id: 'ComparedKey' }),
    ),
    total: z.int(),
    next: z.string().optional(),
  })
  .meta({ id: 'Comparison', description: 'Which secrets of namespaces are alike; no value is given out.' });

export const compareNamespaces = endpoint({
  id: 'compareNamespaces',
  face: 'coffer',
  method: 'GET',
  path: '/compare',
  access: { inTenant: ['resolve'] },
  audit: { action: 'secret.compare', required: true },
  summary: 'Compare the secrets of two or three namespaces, without revealing them',
  description:
    'Needs `list` and `resolve` in each of them. Values are compared by a keyed fingerprint, which is not given out. Keys come in ' +
    'the order of code points, those that a namespace inherits among them. What is not read in time is `failed`.',
  query: compareQuery,
  answers: { 200: { description: 'A page of keys, each with what every namespace has.', body: comparison } },
  errors: [
    'denied',
    'unauthenticated',
    'throttled',
    'rate-limited',
    'overloaded',
    'answer-too-large',
    'audit-unavailable',
  ],
});
