import type { MutantResult } from '@stryker-mutator/api/core';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, root } from './checkout.ts';

/** What a mutant changes: text of a file, without line breaks and cut at 100 characters. */
export interface Change {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Mutant extends Change {
  /** FILE:LINE:COLUMN, both from 1 on. */
  readonly at: string;
  /** Where it is, as Stryker is told: FILE:LINE:COLUMN-LINE:COLUMN, lines from 1 and columns from 0 on. */
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
  readonly mutants: readonly Mutant[];
}

const fileOf = (name: string): string => join(cacheFolder('mutants'), `${name}.json`);
const digestOf = (file: string): string =>
  createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex');

const readAll = (name: string): Readonly<Record<string, KeptFile>> =>
  existsSync(fileOf(name)) ? (JSON.parse(readFileSync(fileOf(name), 'utf8')) as Record<string, KeptFile>) : {};

/** What is kept of the package's files whose text is still the one that was measured. */
export const readKept = (name: string): Kept =>
  Object.fromEntries(
    Object.entries(readAll(name))
      .filter(([file, { digest }]) => existsSync(join(root, file)) && digestOf(file) === digest)
      .map(([file, { mutants }]) => [file, mutants]),
  );

/** Replaces what is kept of these files; a run that is cut short has kept those that it had done. */
export const writeKept = (name: string, kept: Kept): void => {
  const files = Object.entries(kept).map(([file, mutants]) => [file, { digest: digestOf(file), mutants }] as const);
  writeFileSync(fileOf(name), JSON.stringify({ ...readAll(name), ...Object.fromEntries(files) }));
};

/** Whether no test noticed it. */
export const isAlive = ({ status }: Mutant): boolean => status === 'Survived' || status === 'NoCoverage';

/** What is to be run again: files of which nothing is kept, and of the others what no test noticed and none needs to. */
export const leftOf = (files: readonly string[], kept: Kept, isEquivalent: (mutant: Mutant) => boolean): string[] => {
  const left = files.flatMap(
    (file) =>
      kept[file]?.filter((mutant) => isAlive(mutant) && !isEquivalent(mutant)).map(({ range }) => range) ?? [file],
  );
  return [...new Set(left)];
};

/** The mutants of a file, with those that ran again in the place of the same ones before. */
export const renewed = (before: readonly Mutant[], again: readonly Mutant[]): readonly Mutant[] => {
  const keyOf = ({ range, mutator, replacement }: Mutant) => `${range} ${mutator} ${replacement}`;
  const byKey = new Map(again.map((mutant) => [keyOf(mutant), mutant]));
  return before.map((mutant) => byKey.get(keyOf(mutant)) ?? mutant);
};
