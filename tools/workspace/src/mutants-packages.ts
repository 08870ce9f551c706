import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.ts';

/** The packages whose tests are measured; of some, folders that alone are, or that are no product code or belong to another kind of test. */
const PACKAGES: Readonly<Record<string, { readonly only?: readonly string[]; readonly except?: readonly string[] }>> = {
  secrets: {},
  crypto: {},
  access: {},
  config: {},
  coherence: { except: ['simulation'] },
  reads: {},
  writes: {},
  messaging: { only: ['contract', 'sealed'], except: ['kafka'] },
};

export const packageNames: readonly string[] = Object.keys(PACKAGES);

/** Folders of the package's src whose specs do not run either. */
export const exceptedFolders = (name: string): readonly string[] => PACKAGES[name]?.except ?? [];

/** A package, or those of its files that lie below `path`. */
export interface Target {
  readonly name: string;
  readonly path?: string;
}

/** "PACKAGE" or "PACKAGE/PATH". */
export function targetOf(argument: string): Target {
  const [name = '', ...rest] = argument.split('/');
  return rest.length === 0 ? { name } : { name, path: rest.join('/') };
}

/** The specs of a package and what they share. */
export const specsOf = (name: string): string[] =>
  readdirSync(join(root, `libs/${name}/src`), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(spec|fixture)\.ts$/.test(file))
    .sort()
    .map((file) => `libs/${name}/src/${file}`);

/** The files that are changed, in their order and relative to the top of the checkout. */
export function filesOf({ name, path }: Target): string[] {
  const source = `libs/${name}/src`;
  const { only, except = [] } = PACKAGES[name] ?? {};
  const isIn = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);
  return readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(file))
    .filter((file) => only?.some((folder) => isIn(file, folder)) ?? true)
    .filter((file) => !except.some((folder) => isIn(file, folder)))
    .filter((file) => path === undefined || isIn(file, path))
    .sort()
    .map((file) => `${source}/${file}`);
}
