/** As much of an entry of `package-lock.json` as is looked at. */
export interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: unknown;
  link?: boolean;
  dev?: boolean;
  devOptional?: boolean;
  hasInstallScript?: boolean;
}

export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

/** Licences under which others' code may be in what is shipped: all of them let it be used, changed and passed on with a notice. */
const SHIPPED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
/** As well for tools, which are not shipped: MPL asks for changes of its own files alone, the others for a notice. */
const TOOLS = [...SHIPPED, 'CC-BY-4.0', 'CC0-1.0', 'MPL-1.1', 'MPL-2.0', 'Python-2.0', 'Zlib'];

/** Packages whose own word about their licence is no SPDX expression, and what their licence files say. */
const READ: Readonly<Record<string, string>> = { tv4: 'MIT' };

const FOLDER = 'node_modules/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);

/** Packages of registries, by their paths; not the workspace's own. */
const foreign = ({ packages }: Lockfile): [string, LockedPackage][] =>
  Object.entries(packages).filter(([path, { link }]) => path.includes(FOLDER) && link !== true);

export const licenceOf = (path: string, { license }: LockedPackage): string | undefined =>
  typeof license === 'string' ? license : READ[nameOf(path)];

/** Whether an SPDX expression asks for nothing but these: `AND` needs both sides, `OR` one. Parentheses do not nest. */
const within = (expression: string, allowed: readonly string[]): boolean =>
  expression
    .replace(/[()]/g, '')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((licence) => allowed.includes(licence.trim())));

/**
 * What is wrong with a lockfile: addresses of registries, packages that nobody could check, licences that nobody has read, and
 * scripts that would run at `npm ci` and are not said to be needed.
 */
export function lockfileProblems(lock: Lockfile, allowScripts: Readonly<Record<string, boolean>>): string[] {
  return foreign(lock).flatMap(([path, entry]) => {
    const licence = licenceOf(path, entry);
    const allowed = entry.dev === true || entry.devOptional === true ? TOOLS : SHIPPED;
    return [
      ...(entry.resolved === undefined ? [] : [`${path} has an address in "resolved"; .npmrc leaves it out`]),
      ...(/^sha512-\S+$/.test(entry.integrity ?? '') ? [] : [`${path} has no sha512 in "integrity"`]),
      ...(licence === undefined
        ? [`${path} says no licence: read it, and put it into tools/workspace/src/lockfile.ts`]
        : []),
      ...(licence === undefined || within(licence, allowed)
        ? []
        : [`${path} is under ${licence}, which is not among: ${allowed.join(', ')}`]),
      ...(entry.hasInstallScript === true && !(nameOf(path) in allowScripts)
        ? [`${path} runs a script when it is installed: say in "allowScripts" of package.json whether it may`]
        : []),
    ];
  });
}

/** The page of licences: what is shipped with a server, each once. */
export function licencePage(lock: Lockfile): string {
  const rows = foreign(lock)
    .filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true)
    .map(([path, entry]) => `| ${nameOf(path)} | ${entry.version} | ${licenceOf(path, entry)} |`);
  return [
    '# Licences',
    '',
    'Coffer is under the Apache License 2.0. What it is shipped with, by name, version and licence; written by `npm run licences` from `package-lock.json`.',
    'Licences other than those that [lockfile.ts](../tools/workspace/src/lockfile.ts) lists fail `npm run check`. `npm run sbom` has the same as CycloneDX, with the',
    "tools that build Coffer, and what the console's pages are bundled from, marked as of development.",
    '',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...[...new Set(rows)].sort((a, b) => (a < b ? -1 : 1)),
    '',
  ].join('\n');
}
