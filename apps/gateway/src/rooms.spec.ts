import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** From the bottom to the top; a file imports from its own room and from those before it. Rooms in one line do not know each other. */
const ROOMS: readonly (readonly string[])[] = [
  ['process'],
  ['http/request'],
  ['http/errors'],
  ['http/budget'],
  ['http/endpoint'],
  ['http/answer'],
  ['http/hooks'],
  ['http'],
  ['reads', 'writes'],
  ['secrets/filters'],
  ['secrets/listing'],
  ['secrets', 'values', 'operations', 'access', 'system'],
  [''],
];
const IMPORT = /(?:from |import\()'(\.{1,2}\/[^']+)\.js'/g;

const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.startsWith('fixture/'),
);
const roomOf = (file: string): string => (dirname(file) === '.' ? '' : dirname(file));
const floorOf = (room: string): number => ROOMS.findIndex((rooms) => rooms.includes(room));

const arrows = files.flatMap((file) =>
  [...readFileSync(join(__dirname, file), 'utf8').matchAll(IMPORT)].map(([, target = '']) => ({
    file,
    from: roomOf(file),
    to: roomOf(relative('.', join(dirname(file), `${target}.ts`))),
  })),
);

it('every room has its floor', () => {
  expect(files.length).toBeGreaterThan(50);
  expect([...new Set(files.map(roomOf))].filter((room) => floorOf(room) === -1)).toEqual([]);
});

it('no import leads upward, nor from one feature into another', () => {
  expect(arrows.length).toBeGreaterThan(100);
  expect(arrows.filter(({ from, to }) => from !== to && floorOf(to) >= floorOf(from))).toEqual([]);
});

it('only the fast path touches node:http', () => {
  const touching = files.filter((file) => readFileSync(join(__dirname, file), 'utf8').includes("'node:http'"));
  expect(touching).toEqual(['http/fast-path.ts']);
});
