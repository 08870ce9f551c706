import { queryText, type RequestOptions } from '../api/request.js';
import { ACCESS_PAGE_SIZE, accessFiltersOf } from '../router/access-filters.js';
import { auditQueryOf } from '../router/audit-filters.js';
import { placeOf, readingNamespaceOf, type SecretPlace } from '../router/secret-address.js';
import { filtersOf, secretQueryOf, text, type Query } from '../router/secret-filters.js';
import { coffer, curl, quoted, type Command } from './command.js';
import { commandsFor } from './secret-commands.js';

/** A page, as its address names it. */
export interface View {
  name: string;
  tenant: string;
  query: Query;
}

/** How much the pages ask for at a time. */
const SIZES = { rows: 100, keys: 200, activity: 50 } as const;

/** What a shell is given for one page: requests of the API, and command lines of Coffer's own. */
const shellOf = (origin: string, tenant: string) => {
  const addressOf = (path: string, query?: RequestOptions['query']): string =>
    `${origin}/coffer/v1/${encodeURIComponent(tenant)}${path}${queryText(query)}`;
  return {
    get: (path: string, query?: RequestOptions['query'], name = 'curl'): Command => ({
      name,
      text: curl(addressOf(path, query)),
    }),
    post: (path: string, body: string): Command => ({
      name: 'curl',
      text: curl(addressOf(path), `-H 'Content-Type: application/json' -d ${body}`),
    }),
    coffer: (command: string, options: readonly string[] = []): Command => ({
      name: 'coffer',
      text: coffer(origin, tenant, command, options),
    }),
  };
};
type Shell = ReturnType<typeof shellOf>;

const list = ({ get }: Shell, query: Query): Command[] => [
  get('/secrets', { ...secretQueryOf(filtersOf(query)), limit: SIZES.rows }),
];

/** What the tab of a secret shows that is in front. */
const secret = (origin: string, { tenant, query }: View, shell: Shell, place: SecretPlace): Command[] => {
  const { namespace, key } = place;
  if (text(query['tab']) === 'metadata') return [shell.get('/secrets', { namespace, key })];
  if (text(query['tab']) === 'activity') return [shell.get('/audit', { namespace, key, size: SIZES.activity })];
  return commandsFor(origin, tenant, readingNamespaceOf(place, text(query['ns'])), key);
};

const compare = ({ get }: Shell, query: Query): Command[] => {
  const [a, b, c, q, state] = ['a', 'b', 'c', 'q', 'state'].map((name) => text(query[name]));
  if (a === '' || b === '') return [];
  const { name, text: found } = get('/compare', { a, b, c, q, limit: SIZES.keys });
  if (state === '' || state === undefined) return [{ name, text: found }];
  return [
    { name, text: `${found} \\\n  | jq --arg verdict ${quoted(state)} '.keys[] | select(.verdict == $verdict)'` },
  ];
};

/** Without a namespace nothing is asked yet: then it is what one may do oneself, and everybody else. */
const access = ({ get, post, coffer: command }: Shell, query: Query): Command[] => {
  const [namespace = '', permission = '', principal = '', issuer = ''] = [
    ...['ns', 'permission', 'principal', 'issuer'].map((name) => text(query[name])),
  ];
  if (namespace === '') {
    return [
      get('/whoami', {}, 'curl …/whoami'),
      get('/access', { ...accessFiltersOf(query), size: ACCESS_PAGE_SIZE }, 'curl …/access'),
    ];
  }
  const asked = { permission: permission || 'resolve', namespace, ...(principal === '' ? {} : { principal }) };
  const options = [asked.permission, namespace].map(quoted);
  if (issuer !== '') {
    return [command('access why', [...options, `--issuer ${quoted(issuer)}`, '--claims claims.json'])];
  }
  return [
    command('access why', [...options, ...(principal === '' ? [] : [`--principal ${quoted(principal)}`])]),
    post('/access/explain', quoted(JSON.stringify(asked))),
  ];
};

/** What is pasted stays in the page: the command reads a file instead. */
const imports = ({ post }: Shell, query: Query): Command[] => {
  const item = { action: 'put', namespace: text(query['ns']) || 'company.team', key: 'KEY', value: 'VALUE' };
  const { name, text: sent } = post('/changes?dryRun=true', '@changes.json');
  return [
    {
      name,
      note: 'import',
      text: `# changes.json: ${JSON.stringify({ items: [item] })}\n${sent}`,
    },
  ];
};

/** What a page shows, as commands that show the same. None of them holds a token or a value. */
export const commandsOfView = (origin: string, view: View): Command[] => {
  const { name, tenant, query } = view;
  const shell = shellOf(origin, tenant);
  const opened = placeOf(text(query['open']));
  switch (name) {
    case 'secrets':
      return opened === undefined ? list(shell, query) : secret(origin, view, shell, opened);
    case 'secret':
      return secret(origin, view, shell, { namespace: text(query['ns']), key: text(query['key']) });
    case 'import':
      return imports(shell, query);
    case 'compare':
      return compare(shell, query);
    case 'audit':
      return [shell.get('/audit', { ...auditQueryOf(query) })];
    case 'connect':
      return [shell.get('/audit', { principal: text(query['principal']) || 'token:kestra', size: 1 })];
    case 'access':
      return access(shell, query);
    case 'system':
      return [shell.get('/system'), shell.coffer('dead-letters list')];
    default:
      return [];
  }
};
