import { requestBytes } from '../../harness/http-connection.js';

interface Operation {
  readonly requestBody?: unknown;
}

/** The part of an OpenAPI document that is read here. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];
const PARAMETERS: Readonly<Record<string, string>> = { tenant: 'main', namespace: 'fuzz.team', key: 'KEY' };
const BODIES: readonly object[] = [
  { key: 'KEY', value: 'value', description: 'd', tags: [{ key: 'a', value: 'b' }] },
  { keys: [{ key: 'KEY' }, { namespace: 'fuzz', key: 'OTHER', subkey: 'a' }], inherit: false },
  { value: 'value', description: null },
  { principal: 'token:first-start', permission: 'resolve', namespace: 'fuzz.team', key: 'KEY' },
];
const QUERIES = ['', '?page=1&size=10&sort=key:asc&filters[namespace][EQUALS]=fuzz', '?inherit=false&subkey=a', '?q=a'];

const targetOf = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? '0198c0de-0000-7000-8000-000000000001');

/** A right request, or one that nearly is, for every call that the document describes, with each body and query. */
export const seedsOf = ({ paths }: ApiDocument, token: string): readonly Buffer[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => METHODS.includes(method))
      .flatMap(([method, { requestBody }]) =>
        requestBody === undefined
          ? QUERIES.map((query) => requestBytes(method.toUpperCase(), targetOf(path) + query, { token }))
          : BODIES.map((body) => requestBytes(method.toUpperCase(), targetOf(path), { token, body })),
      ),
  );

/** What a server may trip over: ends of lines, of bodies and of numbers, and headers that change what follows. */
export const TOKENS: readonly Buffer[] = [
  ...[
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    '%',
    '%00',
    '%2F',
    '%ff',
    '%F0%9F%98%80',
    '..',
    '//',
    '#',
    '?',
    '&',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\u0000',
    '\\ud800',
    'null',
    'true',
    '1e999',
    '__proto__',
    '\u00ff\u00fe',
    '\u00c3\u0028',
  ],
  ...['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'GET', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'http://other.example'],
  ...[
    '\r\nContent-Length: 5',
    '\r\nContent-Length: -1',
    '\r\nTransfer-Encoding: chunked',
    '\r\n\r\n5\r\nabcde\r\n0\r\n\r\n',
  ],
  ...['\r\nExpect: 100-continue', '\r\nConnection: close', '\r\nConnection: upgrade\r\nUpgrade: websocket'],
  ...['\r\nIf-None-Match: "a", W/"b"', '\r\nIf-Match: *', '\r\nIdempotency-Key: i', '\r\nPrefer: respond-async'],
  ...[
    '\r\nRange: bytes=0-1',
    '\r\nAccept: text/html;q=0, */*',
    '\r\nContent-Encoding: gzip',
    '\r\nCookie: JWT=ey.ey.x',
  ],
  ...[
    '\r\nContent-Type: application/json; charset=utf-7',
    '\r\nX-Forwarded-For: 1.2.3.4',
    '\r\nAuthorization: Bearer x',
  ],
  ...['x'.repeat(300), 'x'.repeat(20_000), '\r\na: b'.repeat(120), '['.repeat(2_000)],
].map((text) => Buffer.from(text, 'latin1'));
