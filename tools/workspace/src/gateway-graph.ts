import { posix } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { root } from './checkout.ts';

const SOURCES = 'apps/gateway/src';

/** From the bottom to the top; a file imports from its own room and from those before it. Rooms in one line do not know each other. */
const ROOMS: readonly (readonly string[])[] = [
  ['process'],
  ['http/request'],
  ['http/errors'],
  ['http/budget'],
  ['http/audit'],
  ['http/endpoint'],
  ['http/answer'],
  ['http/hooks'],
  ['http'],
  ['reads', 'writes'],
  ['secrets/filters'],
  ['secrets/listing'],
  ['secrets/tables'],
  ['secrets', 'changes', 'events', 'operations', 'access', 'audit', 'system', 'webhooks'],
  ['values'],
  ['vault'],
  [''],
];

/** The only files that may import it: everything else is Fastify's. */
const HTTP = 'node:http';
const BEFORE_FASTIFY = ['http/fast-path.ts', 'http/admission.ts', 'http/list-requests.ts'];

/** An import between two files of the gateway, or of one and a module of Node's, by their paths below its `src`. */
export interface Arrow {
  from: string;
  to: string;
}

export interface Graph {
  files: string[];
  arrows: Arrow[];
  /** Imports that lead back to where they come from. */
  circular: Arrow[];
}

/** What is wrong with the graph, for people, and how high it is. */
export interface Judgement {
  problems: string[];
  /** The longest chain of rooms, and of files, each of which imports the next. */
  rooms: number;
  files: number;
  upward: number;
  circular: number;
}

const roomOf = (file: string): string => posix.dirname(file).replace(/^\.$/, '');
const floorOf = (file: string): number => ROOMS.findIndex((rooms) => rooms.includes(roomOf(file)));

/** Every import of the gateway, those of types among them. Its tests are left out. */
export async function gatewayGraph(): Promise<Graph> {
  const { output } = await cruise(
    [SOURCES],
    {
      baseDir: root,
      exclude: { path: '\\.spec\\.ts$|/fixture/' },
      includeOnly: { path: `^${SOURCES}/|^(?:node:)?http$` },
      tsPreCompilationDeps: true,
    },
    { extensionAlias: { '.js': ['.ts', '.js'] } },
  );
  const below = (path: string) =>
    path.startsWith(SOURCES) ? posix.relative(SOURCES, path) : `node:${path.replace('node:', '')}`;
  const { modules } = output as ICruiseResult;
  const own = modules.filter(({ source }) => source.startsWith(SOURCES));
  const dependencies = own.flatMap(({ source, dependencies: targets }) =>
    targets.map(({ resolved, circular }) => ({ from: below(source), to: below(resolved), circular })),
  );
  return {
    files: own.map(({ source }) => below(source)),
    arrows: dependencies.map(({ from, to }) => ({ from, to })),
    circular: dependencies.filter(({ circular }) => circular).map(({ from, to }) => ({ from, to })),
  };
}

/** The number of nodes in the longest chain; one that leads back to a node that is in it counts no further. */
function longestChain(arrows: readonly Arrow[]): number {
  const targets = Map.groupBy(arrows, ({ from }) => from);
  const heights = new Map<string, number>();
  const heightOf = (node: string): number => {
    const known = heights.get(node);
    if (known !== undefined) return known;
    heights.set(node, 0);
    const height = 1 + Math.max(0, ...(targets.get(node) ?? []).map(({ to }) => heightOf(to)));
    heights.set(node, height);
    return height;
  };
  return Math.max(0, ...[...targets.keys()].map(heightOf));
}

export function judge({ files, arrows, circular }: Graph): Judgement {
  const within = arrows.filter(({ to }) => to !== HTTP);
  const between = within.filter(({ from, to }) => roomOf(from) !== roomOf(to));
  const upward = between.filter(({ from, to }) => floorOf(to) >= floorOf(from));
  const named = (list: readonly Arrow[], what: string) => list.map(({ from, to }) => `${from} imports ${to}: ${what}`);
  return {
    problems: [
      ...files
        .filter((file) => file !== HTTP && floorOf(file) === -1)
        .map((file) => `${file}: its folder has no floor in gateway-graph.ts`),
      ...named(upward, 'upward, or from one feature into another'),
      ...named(circular, 'in a circle'),
      ...named(
        arrows.filter(({ from, to }) => to === HTTP && !BEFORE_FASTIFY.includes(from)),
        `only ${BEFORE_FASTIFY.join(' and ')} may`,
      ),
    ],
    rooms: longestChain(between.map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to) }))),
    files: longestChain(within),
    upward: upward.length,
    circular: circular.length,
  };
}
