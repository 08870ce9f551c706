import type { ErrorCode } from '@coffer/secrets';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { fullPaths, type AnswerDefinition, type EndpointDefinition } from '../http/endpoint/endpoint.js';
import { kestraProblem, problem } from '../http/errors/error-body.js';
import { ERROR_TABLE, STATUS_TITLES } from '../http/errors/error-table.js';
import { vaultErrors, vaultStatusOf } from '../http/errors/vault-error.js';

export type ApiDocument = ReturnType<typeof createDocument>;

const PARAMETERS: Readonly<Record<string, z.ZodType>> = {
  tenant: z.string().meta({ description: 'Default tenant: main.' }),
  namespace: z.string().meta({ description: 'Dotted: company.team sees the secrets of company.' }),
  key: z.string().meta({ description: 'The whole rest of the path; percent-encoded once, or with raw slashes.' }),
  id: z.string(),
  path: z.string().meta({ description: 'The whole rest of the path.' }),
};

const FILTERS = z
  .record(z.string(), z.unknown())
  .optional()
  .meta({
    description:
      'filters[FIELD][OPERATOR]=value, filters[tags][OPERATOR][name]=value, filters[or][0][FIELD][OPERATOR]=value, or JSON ' +
      'objects {"field", "operation", "value"} joined by commas. Fields: namespace, key, description, tags, q.',
    param: { style: 'deepObject', explode: true },
  });

const contentOf = (types: readonly string[], schema: z.ZodType) =>
  Object.fromEntries(types.map((type) => [type, { schema }]));

const TEXT = z.string();

const content = ({ body, types = ['application/json'], textTypes = [] }: AnswerDefinition) =>
  body === undefined ? {} : { content: { ...contentOf(types, body), ...contentOf(textTypes, TEXT) } };

const codesOf = ({ access, body, errors = [] }: EndpointDefinition): readonly ErrorCode[] => [
  ...(access === 'open' ? [] : (['unauthorized', 'login-throttled'] as const)),
  ...(typeof access === 'string' ? [] : (['malformed', 'invalid', 'forbidden', 'unavailable', 'timeout'] as const)),
  ...(body === undefined ? [] : (['body-too-large', 'unsupported-media-type'] as const)),
  ...errors,
  'internal',
];

const ERROR_BODIES = {
  kestra: [kestraProblem, 'application/json'],
  vault: [vaultErrors, 'application/json'],
  coffer: [problem, 'application/problem+json'],
  root: [problem, 'application/problem+json'],
} as const;

const failures = (definition: EndpointDefinition): ZodOpenApiResponsesObject => {
  const { face } = definition;
  const statusOf = (code: ErrorCode) => (face === 'vault' ? vaultStatusOf(code) : ERROR_TABLE[code].status);
  const byStatus = Map.groupBy(new Set(codesOf(definition)), statusOf);
  const [schema, type] = ERROR_BODIES[face];
  const answers = [...byStatus].map(([status, codes]) => [
    String(status),
    { description: `${STATUS_TITLES[status] ?? 'Error'}: ${codes.join(', ')}`, content: { [type]: { schema } } },
  ]);
  return Object.fromEntries(answers) as ZodOpenApiResponsesObject;
};

const parametersOf = (fullPath: string): z.ZodObject =>
  z.object(
    Object.fromEntries(
      [...fullPath.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, PARAMETERS[name] ?? z.string()]),
    ),
  );

const queryOf = ({ query, filters }: EndpointDefinition): z.ZodObject | undefined =>
  filters ? (query ?? z.object({})).extend({ filters: FILTERS }) : query;

const operationOf = (definition: EndpointDefinition, fullPath: string, first: boolean): ZodOpenApiOperationObject => {
  const query = queryOf(definition);
  const answers = Object.entries(definition.answers).map(([status, answer]: [string, AnswerDefinition]) => [
    status,
    { description: answer.description, ...content(answer) },
  ]);
  return {
    operationId: first ? definition.id : `${definition.id}InMain`,
    summary: definition.summary,
    ...(definition.description === undefined ? {} : { description: definition.description }),
    ...(definition.deprecated === true ? { deprecated: true } : {}),
    tags: [definition.face],
    requestParams: {
      path: parametersOf(fullPath),
      ...(query === undefined ? {} : { query }),
      ...(definition.headers === undefined ? {} : { header: definition.headers }),
    },
    ...(definition.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: contentOf(definition.bodyTextTypes ?? ['application/json'], definition.body),
          },
        }),
    responses: { ...failures(definition), ...(Object.fromEntries(answers) as ZodOpenApiResponsesObject) },
    ...(definition.access === 'open' ? { security: [] } : {}),
    'x-coffer-access': definition.access,
  };
};

/** The description of everything that the definitions say; what is not in it is not served. */
export const describeApi = (definitions: readonly EndpointDefinition[], version: string): ApiDocument => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const definition of definitions) {
    for (const [index, fullPath] of fullPaths(definition).entries()) {
      (paths[fullPath] ??= {})[definition.method.toLowerCase()] = operationOf(definition, fullPath, index === 0);
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Coffer',
      version,
      description: 'Secrets by tenant, namespace and key. Kestra’s own API, and Coffer’s, which reads values.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }, { user: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token that begins with coffer_' },
        user: { type: 'http', scheme: 'basic' },
        session: {
          ...{ type: 'apiKey', in: 'cookie', name: '__Host-coffer' },
          description:
            'A browser’s cookie, from POST /session; without TLS it is named coffer. All calls but GET need X-Coffer-Csrf: 1 and a page of this origin.',
        },
      },
    },
  });
};
