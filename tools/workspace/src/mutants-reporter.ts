import type { MutantResult } from '@stryker-mutator/api/core';
import { relative } from 'node:path';

const UNNOTICED = new Set<MutantResult['status']>(['Survived', 'Timeout']);

/** Called with a file, once each of its changes has been tried, and with what came of them. */
export const onFileDone = new Set<(fileName: string, results: readonly MutantResult[]) => void>();

/** How many changes of each file are to be tried still, and what came of the others. */
let left = new Map<string, number>();
let results = new Map<string, MutantResult[]>();

/** Says at once which change no test noticed, or ended no test in time, and hands out each file: a run may be cut short. */
const early = {
  onMutationTestingPlanReady({ mutantPlans }: { mutantPlans: readonly { mutant: { fileName: string } }[] }): void {
    left = new Map();
    results = new Map();
    for (const { mutant } of mutantPlans) left.set(mutant.fileName, (left.get(mutant.fileName) ?? 0) + 1);
  },
  onMutantTested(result: MutantResult): void {
    const { fileName, location, mutatorName, replacement = '', status } = result;
    const { start } = location;
    if (UNNOTICED.has(status)) {
      const line = replacement.replace(/\s+/g, ' ').slice(0, 100);
      console.log(
        `${status}: ${relative(process.cwd(), fileName)}:${start.line}:${start.column} ${mutatorName} → ${line}`,
      );
    }
    const ofFile = [...(results.get(fileName) ?? []), result];
    results.set(fileName, ofFile);
    if (ofFile.length === left.get(fileName)) for (const listener of onFileDone) listener(fileName, ofFile);
  },
};

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: 'Reporter', name: 'early', value: early }];
