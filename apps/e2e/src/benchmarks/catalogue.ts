import { property } from '../harness/property.js';
import { join } from 'node:path';
import { HttpConnection, requestBytes } from '../harness/http-connection.js';
import { NodeProcess, api, until } from '../harness/index.js';
import { aimAtMost, aimBelow, assertEqual, combine, printError, show, type Outcome } from '../harness/outcome.js';
import { bytesPerEntry } from './catalogue/memory.js';
import { PAGE, PER_SECOND } from './catalogue/paged-store.js';

const SERVE = join(__dirname, 'catalogue/serve.js');
const READY_TIMEOUT_MS = 120_000;

interface CatalogueScale {
  readonly secrets: number;
  /** Requests for each of the lists. */
  readonly requests: number;
  /** Catalogues whose memory is measured. */
  readonly entries: readonly number[];
}

/** The first one has an aim; the others work on every row, and are shown. */
const LISTS: readonly (readonly [name: string, query: string])[] = [
  ['first page', ''],
  ['first page by key, descending', '?sort=key:desc&size=25'],
  ['a page in the middle', '?page=400&size=25'],
  ['first page of what contains a text', '?filters[q][EQUALS]=service_01&size=25'],
  ['first page of a tag’s value', '?filters[tags][EQUALS][owner]=person-7@example.com&size=25'],
];

const quantile = (sorted: Float64Array, share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;

/** One request after the other. */
const timesOf = async (url: string, token: string, query: string, requests: number): Promise<Float64Array> => {
  const connection = await HttpConnection.open(Number(new URL(url).port));
  const request = requestBytes('GET', `/api/v1/main/secrets${encodeURI(query)}`, { token });
  const times = new Float64Array(requests);
  try {
    for (let warm = 0; warm < requests / 10; warm += 1) await connection.send(request);
    for (let index = 0; index < requests; index += 1) {
      const sent = performance.now();
      const { status, body } = await connection.send(request);
      times[index] = performance.now() - sent;
      if (status !== 200) throw new Error(`the list was answered ${status}: ${body.toString('utf8')}`);
    }
  } finally {
    connection.close();
  }
  return times.sort();
};

const lists = async (url: string, token: string, { requests }: CatalogueScale): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const [name, query] of LISTS) {
    const times = await timesOf(url, token, query, requests);
    const slow = quantile(times, 0.99);
    outcomes.push(
      show(`${name}, p50`, Number(quantile(times, 0.5).toPrecision(3)), 'ms'),
      query === ''
        ? aimBelow(`${name}, p99`, Number(slow.toPrecision(3)), 'ms', 20)
        : show(`${name}, p99`, Number(slow.toPrecision(3)), 'ms'),
    );
  }
  return outcomes;
};

/** Many secrets behind a store that lists slowly: lists are quick, the scan keeps the store's rate, entries are small. */
const catalogueProperty = async (scale: CatalogueScale): Promise<Outcome> => {
  const { secrets, entries } = scale;
  const server = NodeProcess.start([SERVE, String(secrets)]);
  const outcomes: Outcome[] = [];
  try {
    const [, url = '', token = ''] = await server.printed(/^ready (\S+) (\S+)$/m, READY_TIMEOUT_MS);
    const client = api(url, token);
    const began = performance.now();
    const listed = () => /the store is listed/.test(server.stdout() + server.stderr());
    await until('the store is listed', listed, READY_TIMEOUT_MS);
    const seconds = (performance.now() - began) / 1_000;
    const progress = (server.stdout() + server.stderr())
      .split('\n')
      .filter((line) => line.includes('listing the store'));
    const { total } = (await client.list()).json<{ total: number }>();
    printError(`${total} secrets are listed after ${seconds.toFixed(1)} s`);
    outcomes.push(
      assertEqual(
        'secrets listed',
        total,
        `behind a store that lists ${PAGE} a page, ${PER_SECOND} pages a second`,
        secrets,
      ),
      show('scan at start', Number(seconds.toPrecision(3)), `s, ${progress.length} lines of progress`),
      ...(await lists(url, token, scale)),
    );
  } finally {
    server.kill('SIGTERM');
    await server.exited;
  }
  const [, pages = '', throttled = ''] = /^pages (\d+) throttled (\d+)$/m.exec(server.stdout()) ?? [];
  outcomes.push(assertEqual('calls beyond the store’s rate', Number(throttled || NaN), `of ${pages}`, 0));
  for (const each of entries) {
    outcomes.push(aimAtMost(`memory of an entry among ${each}`, Math.round(await bytesPerEntry(each)), 'bytes', 600));
  }
  return combine(...outcomes);
};

export default property({
  name: 'catalogue',
  title: 'Lists of 20,000 secrets',
  shows:
    'Lists come from the catalogue in milliseconds, however slowly the store lists; its scan keeps within the store’s published rate.',
  servers: [],
  // As many pages as the store would refuse some of, were its rate not kept.
  quick: { secrets: 15_000, requests: 10, entries: [20_000] },
  full: { secrets: 20_000, requests: 500, entries: [20_000, 100_000] },
  run: catalogueProperty,
});
