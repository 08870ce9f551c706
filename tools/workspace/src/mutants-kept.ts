import type { MutantResult } from '@stryker-mutator/api/core';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, root } from './checkout.ts';
import { specsOf } from './mutants-packages.ts';

/** What a mutant changes: text of a file, without line breaks and cut at 100 characters. */
export interface Change {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Mutant extends Change {
  /** FILE:LINE:COLUMN, both from 1 on. */
  readonly at: string;
  /** Where it is, as Stryker takes it: FILE:LINE:COLUMN-LINE:COLUMN, lines from 1 and columns from 0 on. */
  readonly range: string;
  readonly mutator: string;
  readonly status: MutantResult['status'];
  /** The message of the test that noticed it. */
  readonly reason?: string;
}

/** What a run found of each file. */
export type Kept = Readonly<Record<string, readonly Mutant[]>>;

interface KeptFile {
  readonly digest: string;
  /** Digest of all specs of the package. */
  readonly specs: string;
  readonly mutants: readonly Mutant[];
}

const fileOf = (name: string): string => join(cacheFolder('mutants'), `${name}.json`);
const sha256 = (...texts: readonly string[]): string =>
  texts.reduce((hash, text) => hash.update(text), createHash('sha256')).digest('hex');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const digestOf = (file: string): string => sha256(textOf(file));
const digestOfSpecs = (name: string): string => sha256(...specsOf(name).map((file) => `${file}\n${textOf(file)}`));

const readAll = (name: string): Readonly<Record<string, KeptFile>> =>
  existsSync(fileOf(name)) ? (JSON.parse(readFileSync(fileOf(name), 'utf8')) as Record<string, KeptFile>) : {};

/**
 * What is kept of the package's files whose text is still the one that was measured, and those of them of which the specs are
 * still the ones as well: nothing in them needs to run again.
 */
export const readKept = (name: string): { readonly kept: Kept; readonly current: ReadonlySet<string> } => {
  const specs = digestOfSpecs(name);
  const same = Object.entries(readAll(name)).filter(
    ([file, { digest }]) => existsSync(join(root, file)) && digestOf(file) === digest,
  );
  return {
    kept: Object.fromEntries(same.map(([file, { mutants }]) => [file, mutants])),
    current: new Set(same.flatMap(([file, entry]) => (entry.specs === specs ? [file] : []))),
  };
};

/** Replaces what is kept of these files; a run that is cut short has kept those that it had done. */
export const writeKept = (name: string, kept: Kept): void => {
  const specs = digestOfSpecs(name);
  const files = Object.entries(kept).map(([file, mutants]): [string, KeptFile] => [
    file,
    { digest: digestOf(file), specs, mutants },
  ]);
  writeFileSync(fileOf(name), JSON.stringify({ ...readAll(name), ...Object.fromEntries(files) }));
};

/** Whether no test noticed it. */
export const isAlive = ({ status }: Mutant): boolean => status === 'Survived' || status === 'NoCoverage';

/** What is to be run again: files of which nothing is kept, and of the others what no test noticed, but for what is skipped. */
export const leftOf = (files: readonly string[], kept: Kept, skips: (mutant: Mutant) => boolean): string[] => {
  const left = files.flatMap(
    (file) => kept[file]?.filter((mutant) => isAlive(mutant) && !skips(mutant)).map(({ range }) => range) ?? [file],
  );
  return [...new Set(left)];
};

/** The mutants of a file, with those that ran again in the place of the same ones before. */
export const renewed = (before: readonly Mutant[], again: readonly Mutant[]): readonly Mutant[] => {
  const keyOf = ({ range, mutator, replacement }: Mutant) => `${range} ${mutator} ${replacement}`;
  const byKey = new Map(again.map((mutant) => [keyOf(mutant), mutant]));
  return before.map((mutant) => byKey.get(keyOf(mutant)) ?? mutant);
};
