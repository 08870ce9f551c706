import type { MutantResult } from '@stryker-mutator/api/core';
import { relative } from 'node:path';

const UNNOTICED = new Set<MutantResult['status']>(['Survived', 'Timeout']);

/** Says at once which change no test noticed, or ended no test in time: a run may be cut short. */
const early = {
  onMutantTested({ fileName, location: { start }, mutatorName, replacement = '', status }: MutantResult): void {
    if (!UNNOTICED.has(status)) return;
    const line = replacement.replace(/\s+/g, ' ').slice(0, 100);
    console.log(
      `${status}: ${relative(process.cwd(), fileName)}:${start.line}:${start.column} ${mutatorName} → ${line}`,
    );
  },
};

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: 'Reporter', name: 'early', value: early }];
