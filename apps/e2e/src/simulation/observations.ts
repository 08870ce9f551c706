import type { Operation } from '@coffer/coherence/history';

/** `absent`: a read that found nothing and does not say which deletion it saw, or a write that is a deletion. */
export type Observed = Operation & { readonly absent?: true };

const byEnd = (a: Operation, b: Operation): number => a.end - b.end;
const byStart = (a: Operation, b: Operation): number => a.start - b.start;

/** Whether later reads must know of it. */
const counts = ({ op, outcome }: Operation): boolean => op === 'read' || outcome === 'ok';

const dated = (operations: readonly Observed[]): Operation[] => {
  const deletes = operations
    .filter(({ op, outcome, absent }) => op === 'write' && outcome !== 'fail' && absent === true)
    .sort((a, b) => a.version - b.version);
  const versions = new Map<Operation, number>();
  const versionOf = (operation: Operation): number => versions.get(operation) ?? operation.version;
  const ended = operations.filter(counts).sort(byEnd);
  let [next, floor] = [0, 0];
  for (const read of operations.filter(({ op, absent }) => op === 'read' && absent === true).sort(byStart)) {
    for (let op = ended[next]; op !== undefined && op.end < read.start; op = ended[(next += 1)]) {
      floor = Math.max(floor, versionOf(op));
    }
    const begun = [0, ...deletes.filter(({ start }) => start <= read.end).map(({ version }) => version)];
    versions.set(read, begun.find((version) => version >= floor) ?? begun.at(-1) ?? 0);
  }
  return operations.map(({ absent: _, ...operation }, place) => ({
    ...operation,
    version: versionOf(operations[place] as Observed),
  }));
};

/**
 * The history of what was observed. A read that found nothing is taken for one of the oldest deletion that it may have
 * seen, or for one of before the first write; where no deletion is young enough, of the latest one, which is then stale.
 */
export const historyOf = (observed: Iterable<Observed>): Operation[] =>
  [...Map.groupBy(observed, ({ key }) => key).values()].flatMap(dated);
