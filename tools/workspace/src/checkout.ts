import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of this checkout, without a slash at its end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** What is started, by the names of its apps. */
export const programs = ['standalone', 'gateway', 'secret-worker', 'cache-invalidator', 'cli'] as const;

/** Where the programs are built to: one file for each, and what they share. */
export const BUNDLES = join(root, 'dist');

/** The environment for the tools we call: our Node and our programs first, Nx alone and offline. */
export const toolEnvironment = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
};

/** Returns a folder for what may be lost, made when absent. */
export function cacheFolder(...parts: string[]): string {
  const folder = join(root, 'node_modules/.cache/coffer', ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Keeps what Node compiles from here on for the next process: a quarter of the processor time of a start of the product. */
export function keepCompiled(): void {
  enableCompileCache(cacheFolder('compiled'));
}

/**
 * Goes to the folder where npm was called, because npm runs a script in the package's own (`packageFolder`): from there
 * names of files mean what they mean to whoever typed them. Does nothing where another folder was chosen since.
 */
export function enterCallerFolder(packageFolder = root): void {
  const { INIT_CWD: caller } = process.env;
  if (caller && process.cwd() === packageFolder) process.chdir(caller);
}

/** Returns the folders of the workspace's packages, relative to the top. */
export function packageFolders(): string[] {
  return ['libs', 'libs/backends', 'apps', 'tools']
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')));
}
