import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, packageFolders, root, toolEnvironment } from './checkout.ts';
import { FIRST_PAGE_MAX_BYTES, firstPageBytes } from './console-size.ts';
import { gatewayGraph, judge } from './gateway-graph.ts';
import { licencePage, lockfileProblems, type Lockfile } from './lockfile.ts';
import {
  misnumberedRules,
  misplacedPackages,
  subjectlessComments,
  unknownPages,
  unknownPaths,
  unknownRules,
  unnamedMetrics,
} from './mentions.ts';
import { brokenLinks, misnumberedDecisions, unknownCommands } from './pages.ts';
import { lastLine } from './reports.ts';

const help = `Checks the whole repository without running it: format (Prettier), lint (ESLint; import rules, skipped and focused tests included), types
(TypeScript; those of the console by vue-tsc), the gateway's rooms, package-lock.json (integrity, licences, scripts, no registry's address), docs/configuration.md and the
console's types of the API as their sources say, the size of the console's first page, links and commands in pages, the pages, decisions,
rules and paths that pages and comments name, how doc comments begin, and the tools' own tests.

  npm run check
  npm run check -- WORD…    only the checks whose name has one of the words, such as "links"

Everything is checked even when something fails. "npm run format" mends the format.
The last line is "N passed, N failed".`;

interface Result {
  ok: boolean;
  output: string;
  /** What is shown even where all is well. */
  shape?: string;
}

function program(command: string, args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: toolEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code, signal) =>
      resolve({ ok: code === 0, output: signal ? `${output}\nkilled by ${signal}` : output }),
    );
  });
}

const cache = (file: string) => join(cacheFolder(), file);

async function lockfileIsRight(): Promise<Result> {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const lock = JSON.parse(read('package-lock.json')) as Lockfile;
  const { allowScripts = {} } = JSON.parse(read('package.json')) as { allowScripts?: Record<string, boolean> };
  const problems = lockfileProblems(lock, allowScripts);
  if (read('docs/licences.md') !== licencePage(lock)) {
    problems.push('docs/licences.md does not say what package-lock.json does; `npm run licences` writes it');
  }
  return { ok: problems.length === 0, output: problems.join('\n') };
}

let generated: Promise<Result> | undefined;
/** Builds, so that it runs once and whoever needs the build waits for it. */
const generatedFiles = (): Promise<Result> =>
  (generated ??= program('node', ['tools/run.mjs', 'workspace/docs', '--check']));

async function consoleSize(): Promise<Result> {
  await generatedFiles();
  const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} KB`;
  try {
    const bytes = firstPageBytes();
    const shape = `${kilobytes(bytes)} by gzip, of at most ${kilobytes(FIRST_PAGE_MAX_BYTES)}`;
    return { ok: bytes <= FIRST_PAGE_MAX_BYTES, output: shape, shape };
  } catch (error) {
    return { ok: false, output: (error as Error).message };
  }
}

/** The layer that each package is tagged with. */
const layersOf = (folders: string[], read: (file: string) => string) =>
  new Map(
    folders.map((folder) => {
      const { nx } = JSON.parse(read(`${folder}/package.json`)) as { nx?: { tags?: string[] } };
      return [folder, nx?.tags?.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? ''];
    }),
  );

async function gatewayRooms(): Promise<Result> {
  const { problems, rooms, files, upward, circular } = judge(await gatewayGraph());
  const shape = `longest chain ${rooms} folders, ${files} files; ${upward} imports upward, ${circular} in a circle`;
  return { ok: problems.length === 0, output: [shape, ...problems].join('\n'), shape };
}

async function pagesLeadSomewhere(): Promise<Result> {
  const listed = await program('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  if (!listed.ok) return listed;
  const files = listed.output.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
  const texts = files.filter((file) => file.endsWith('.md'));
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const pages = new Map(texts.map((file) => [file, read(file)]));
  const sources = files.filter((file) => /\.(ts|mjs|rs|tla|lua)$/.test(file) && !file.endsWith('.test.ts'));
  // What a release changed is history: it may name what has gone since.
  const mentioning = new Map([...pages, ...sources.map((file) => [file, read(file)] as const)]);
  mentioning.delete('CHANGELOG.md');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const found = [
    ...brokenLinks(pages, files),
    ...unknownCommands(pages, Object.keys(scripts)),
    ...misnumberedDecisions(pages),
    ...unknownRules(mentioning),
    ...unknownPages(mentioning, files),
    ...subjectlessComments(mentioning),
    ...unknownPaths(mentioning, files),
    ...misplacedPackages(pages.get('docs/architecture.md') ?? '', layersOf(packageFolders(), read)),
    ...unnamedMetrics(pages, mentioning),
    ...misnumberedRules(pages, read('libs/coherence/src/rules.ts'), read('formal/src/rules.rs')),
  ];
  return { ok: found.length === 0, output: found.join('\n') };
}

const checks: { name: string; run: () => Promise<Result> }[] = [
  {
    name: 'format',
    run: () =>
      program('prettier', ['--check', '.', '--cache', '--cache-location', cache('prettier'), '--log-level=warn']),
  },
  {
    name: 'lint',
    run: () =>
      program('eslint', [
        '.',
        '--max-warnings=0',
        '--cache',
        '--cache-strategy=content',
        '--cache-location',
        cache('eslint'),
      ]),
  },
  { name: 'types', run: () => program('tsc', ['-p', 'tsconfig.json', '--pretty', 'false']) },
  { name: "the console's types", run: () => program('vue-tsc', ['-p', 'apps/console/tsconfig.json', '--noEmit']) },
  { name: "the gateway's rooms", run: gatewayRooms },
  { name: 'lockfile and licences', run: lockfileIsRight },
  { name: 'configuration page and types of the API', run: generatedFiles },
  { name: "the console's size", run: consoleSize },
  { name: 'links, commands and what pages and comments name', run: pagesLeadSomewhere },
  { name: "tools' own tests", run: () => program('node', ['--test', 'tools/**/*.test.ts']) },
];

const words = process.argv.slice(2);
const chosen = checks.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));

if (words.some((word) => ['--help', '-h'].includes(word))) {
  process.stdout.write(`${help}\n`);
} else if (chosen.length === 0) {
  process.stderr.write(`there is no such check; there are: ${checks.map(({ name }) => name).join('; ')}\n`);
  process.exitCode = 1;
} else {
  const results = await Promise.all(
    chosen.map(async ({ name, run }) => {
      const began = performance.now();
      const { ok, output, shape } = await run();
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(
        `${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${ok ? (shape ? `: ${shape}` : '') : `\n${output.trim()}`}`,
      );
      return ok;
    }),
  );
  const failed = results.filter((ok) => !ok).length;
  console.log(lastLine({ passed: results.length - failed, failed, problems: [] }));
  process.exitCode = failed > 0 ? 1 : 0;
}
