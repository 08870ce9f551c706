import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { packageFolders, root } from './checkout.ts';
import { isAlive, leftOf, readKept, renewed, writeKept, type Change, type Kept, type Mutant } from './mutants-kept.ts';
import { exceptedFolders, filesOf, packageNames, targetOf, type Target } from './mutants-packages.ts';
import { onFileDone } from './mutants-reporter.ts';

const help = `Mutation testing by Stryker: changes the code in one place at a time and runs the unit tests that reach that place. A change
that no test notices is a survivor; the score is the share of the changes that are noticed. A change by which the tests ran out of
time counts as noticed and is counted apart as well: on a busy machine that says little.

  npm run mutants                  every package, one after the other: ${packageNames.join(', ')}
  npm run mutants -- PACKAGE…      these
  npm run mutants -- PACKAGE/PATH… the files of a package below that folder of its src, or one file
  npm run mutants -- --again …     of the files that were measured before and have not changed since, only what no test noticed,
                                   and nothing where the specs of the package have not changed either;
                                   of a package that was measured in pieces, the figures of the whole
  npm run mutants -- --static …    also what runs once, when a file is loaded: each of these takes all tests of the package

A survivor that no test could kill is named, with the reason, in tools/workspace/src/equivalent-mutants.json and does not count; an
entry there that names no survivor is an error. The texts of errors and log lines are not mutated: what a reader is told is not worth a test that repeats the words.`;

/** What says nothing of the tests. */
const NO_MUTANT = new Set<MutantResult['status']>(['Ignored', 'CompileError', 'RuntimeError']);

/** How Mocha begins to say that a test took too long. */
const TEST_TIMED_OUT = 'Timeout of ';

/** A survivor that no test could kill. */
interface Equivalent extends Change {
  readonly reason: string;
}

interface Flags {
  /** Whether to measure also what runs once, when a file is loaded. */
  readonly withStatic: boolean;
  /** Whether what was measured before is measured again only where no test noticed a change. */
  readonly again: boolean;
}

const listed = JSON.parse(
  readFileSync(join(import.meta.dirname, 'equivalent-mutants.json'), 'utf8'),
) as readonly Equivalent[];

/** The entries of the top that the unit tests need, beside node_modules. */
const COPIED = new Set(['docs', 'libs', 'package.json', 'tsconfig.base.json', '.swcrc']);

/** The source of each name by which one package of the workspace imports another. */
function packageSources(): Record<string, string> {
  const sources: Record<string, string> = {};
  for (const folder of packageFolders()) {
    const text = readFileSync(join(root, folder, 'package.json'), 'utf8');
    const { name, exports = {} } = JSON.parse(text) as { name: string; exports?: Record<string, unknown> };
    for (const [entry, conditions] of Object.entries(exports)) {
      const source = (conditions as Record<string, string | undefined>)['@coffer/source'];
      if (source) sources[`${name}${entry.slice(1)}`] = join(folder, source);
    }
  }
  return sources;
}

/** `mutate`: files, and ranges of files. */
function optionsOf(mutate: string[], withStatic: boolean): PartialStrykerOptions {
  return {
    mutate,
    // What is not in the copy that is mutated, which lies outside the checkout and is taken away at the end.
    ignorePatterns: [
      'dist',
      ...readdirSync(root)
        .filter((entry) => !COPIED.has(entry))
        .map((entry) => `/${entry}`),
    ],
    tempDirName: join(tmpdir(), 'coffer-mutants'),
    cleanTempDir: 'always',
    disableTypeChecks: false,
    plugins: [
      '@stryker-mutator/mocha-runner',
      ...['mutants-texts.ts', 'mutants-rules.ts', 'mutants-reporter.ts'].map((file) => join(import.meta.dirname, file)),
    ],
    ignorers: ['text', 'rules'],
    testRunner: 'mocha',
    mochaOptions: {
      spec: [join(import.meta.dirname, 'mutants-specs.cjs')],
      'no-config': true,
      'no-package': true,
      'no-opts': true,
    },
    coverageAnalysis: 'perTest',
    ignoreStatic: !withStatic,
    concurrency: 1,
    // Beyond half as much again as the tests usually take. The process is then ended, with whatever still runs in it.
    timeoutMS: 15_000,
    reporters: ['early', 'progress-append-only'],
    allowConsoleColors: false,
    logLevel: 'error' as NonNullable<PartialStrykerOptions['logLevel']>,
  };
}

const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
};

const mutantsOf = (results: readonly MutantResult[]): Mutant[] =>
  results.map(({ fileName, location: { start, end }, replacement = '', mutatorName, status, statusReason }) => {
    const file = relative(root, fileName);
    const lines = readFileSync(join(root, file), 'utf8')
      .split('\n')
      .slice(start.line - 1, end.line);
    lines[lines.length - 1] = lines.at(-1)?.slice(0, end.column - 1) ?? '';
    lines[0] = lines[0]?.slice(start.column - 1) ?? '';
    return {
      file,
      at: `${file}:${start.line}:${start.column}`,
      range: `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`,
      mutator: mutatorName,
      status,
      original: short(lines.join('\n')),
      replacement: short(replacement),
      ...(status === 'Killed' && statusReason !== undefined ? { reason: short(statusReason) } : {}),
    };
  });

const same = (a: Change, b: Change): boolean =>
  a.file === b.file && a.original === b.original && a.replacement === b.replacement;

const isEquivalent = (mutant: Mutant): boolean => listed.some((equivalent) => same(equivalent, mutant));

/** Runs Stryker and keeps what it finds, file by file; returns what is known of the target's files then. */
async function run(target: Target, { withStatic, again }: Flags): Promise<readonly Mutant[]> {
  const { name } = target;
  const files = filesOf(target);
  const { kept: before, current } = again ? readKept(name) : { kept: {} as Kept, current: new Set<string>() };
  const mutate = leftOf(files, before, (mutant) => isEquivalent(mutant) || current.has(mutant.file));
  const found: Record<string, readonly Mutant[]> = {};
  const keep = (file: string, results: readonly MutantResult[]) => {
    const mutants = mutantsOf(results).filter(({ status }) => !NO_MUTANT.has(status));
    found[file] = before[file] === undefined ? mutants : renewed(before[file], mutants);
    writeKept(name, { [file]: found[file] });
  };
  if (mutate.length > 0) {
    process.env['COFFER_MUTANTS'] = JSON.stringify({
      ...{ sources: packageSources(), roots: [`libs/${name}/src`], except: exceptedFolders(name) },
    });
    const listener = (fileName: string, results: readonly MutantResult[]) => keep(relative(root, fileName), results);
    onFileDone.add(listener);
    const { Stryker } = await import('@stryker-mutator/core');
    await new Stryker(optionsOf(mutate, withStatic)).runMutationTest();
    onFileDone.delete(listener);
    // Those in which there is nothing to change.
    for (const file of files) if (before[file] === undefined && found[file] === undefined) keep(file, []);
  }
  return files.flatMap((file) => found[file] ?? before[file] ?? []);
}

/** Prints the survivors and figures of a package; returns whether the list of equivalents holds. */
async function measure(target: Target, flags: Flags): Promise<boolean> {
  const { name } = target;
  const valid = await run(target, flags);
  const files = new Set(filesOf(target));
  const alive = valid.filter(isAlive);
  const survivors = alive.filter((mutant) => !isEquivalent(mutant));
  const stale = listed.filter(
    (equivalent) => files.has(equivalent.file) && !alive.some((mutant) => same(equivalent, mutant)),
  );
  for (const { at, mutator, status, original, replacement } of survivors) {
    console.log(
      `${at} ${mutator}${status === 'NoCoverage' ? ' (no test comes here)' : ''}\n  - ${original}\n  + ${replacement}`,
    );
  }
  for (const { file, original, replacement } of stale) {
    console.log(`${file}: equivalent-mutants.json names "${original}" → "${replacement}", which does not survive`);
  }
  const count = valid.length - (alive.length - survivors.length);
  const what = [name, ...(target.path === undefined ? [] : [target.path])].join('/');
  const [reason, times] = commonestReason(valid);
  if (reason !== undefined) console.log(`the reason given most often, ${times} times: ${reason}`);
  const figures = [
    {
      figure: `${what}: mutants noticed by a test`,
      value: share(count - survivors.length, count),
      unit: '%',
      aim: '≥ 90',
    },
    { figure: `${what}: mutants`, value: count, unit: 'mutants' },
    {
      figure: `${what}: mutants by which the tests ran out of time`,
      value: valid.filter(({ status, reason }) => status === 'Timeout' || reason?.startsWith(TEST_TIMED_OUT)).length,
      unit: 'mutants',
    },
    { figure: `${what}: mutants named as equivalent`, value: alive.length - survivors.length, unit: 'mutants' },
  ];
  for (const figure of figures) console.log(JSON.stringify(figure));
  return stale.length === 0;
}

/** Per cent, rounded down, so that no aim is met by rounding. */
const share = (part: number, whole: number): number => (whole === 0 ? 100 : Math.floor((1000 * part) / whole) / 10);

/** A hook that fails in every run after the first one would notice every mutant: then its error is the one reason for all. */
const commonestReason = (mutants: readonly Mutant[]): readonly [reason?: string, times?: number] => {
  const times = new Map<string, number>();
  for (const { reason } of mutants) if (reason !== undefined) times.set(reason, (times.get(reason) ?? 0) + 1);
  return [...times].toSorted(([, a], [, b]) => b - a)[0] ?? [];
};

const args = process.argv.slice(2);
const flags = { withStatic: args.includes('--static'), again: args.includes('--again') };
const targets = args.filter((argument) => !argument.startsWith('--')).map(targetOf);
const unknown = targets.find(({ name }) => !packageNames.includes(name));
if (args.some((argument) => ['--help', '-h'].includes(argument))) {
  console.log(help);
} else if (unknown !== undefined) {
  console.error(`there is no package "${unknown.name}" among those measured: ${packageNames.join(', ')}`);
  process.exitCode = 1;
} else {
  process.chdir(root);
  for (const target of targets.length > 0 ? targets : packageNames.map(targetOf)) {
    if (!(await measure(target, flags))) process.exitCode = 1;
  }
}
