/** Pairs of lines that are compared at the most; those that are the same at the beginning and the end are not counted. */
const MAX_PAIRS = 4_000_000;

/** A line but for how it is spaced. */
const wordsOf = (line: string): string => line.replaceAll(/\s+/g, '');
const indentOf = (line: string): number => line.length - line.trimStart().length;
const isItem = (line: string): boolean => /^\s*-(\s|$)/.test(line);
/** What stands before an item of a list, the dash among it. */
const dashOf = (line: string): string => /^\s*-\s*/.exec(line)?.[0] ?? '';

type Pair = readonly [before: number, after: number];

/** The longest list of lines that both have in the same order, by their places. `undefined` for too many lines. */
const commonLines = (before: readonly string[], after: readonly string[]): readonly Pair[] | undefined => {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const least = Math.min(before.length, after.length) - start;
  while (end < least && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const [rows, columns] = [before.length - start - end, after.length - start - end];
  if (rows * columns > MAX_PAIRS) return undefined;
  // How many lines are common from here to the end.
  const width = columns + 1;
  const counts = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      counts[at] =
        before[start + row] === after[start + column]
          ? (counts[at + width + 1] as number) + 1
          : Math.max(counts[at + width] as number, counts[at + 1] as number);
    }
  }
  const pairs: Pair[] = Array.from({ length: start }, (_, at) => [at, at]);
  for (let [row, column] = [0, 0]; row < rows && column < columns;) {
    const at = row * width + column;
    if (before[start + row] === after[start + column]) pairs.push([start + row++, start + column++]);
    else if ((counts[at + width] as number) >= (counts[at + 1] as number)) row += 1;
    else column += 1;
  }
  for (let at = end; at > 0; at -= 1) pairs.push([before.length - at, after.length - at]);
  return pairs;
};

/**
 * A text that was written anew, with the lines of the text before wherever they differ in their spacing alone, and with what was
 * added indented as its neighbours are. Whether it still means the same is for the caller to see. `undefined` for texts of too
 * many lines.
 */
export const withKeptLines = (original: string, rewritten: string): string | undefined => {
  const [before, after] = [original.split('\n'), rewritten.split('\n')];
  const pairs = commonLines(before.map(wordsOf), after.map(wordsOf));
  if (pairs === undefined) return undefined;
  const kept = new Map(pairs.map(([old, now]) => [now, before[old] as string]));
  const neighbours = [...kept.keys()];
  const shifts = after.map((line, at) => indentOf(kept.get(at) ?? line) - indentOf(line));

  const added = (at: number): string => {
    const line = after[at] as string;
    if (line === '') return line;
    const indent = indentOf(line);
    const isLike = (other: number): boolean => {
      const text = after[other] as string;
      return text !== '' && indentOf(text) === indent && isItem(text) === isItem(line);
    };
    const like = neighbours.findLast((other) => other < at && isLike(other)) ?? neighbours.find(isLike);
    if (like !== undefined) {
      const text = kept.get(like) as string;
      shifts[at] = indentOf(text) - indent;
      return isItem(line)
        ? dashOf(text) + line.slice(dashOf(line).length)
        : ' '.repeat(indentOf(text)) + line.trimStart();
    }
    let parent = at - 1;
    while (parent >= 0 && (after[parent] === '' || indentOf(after[parent] as string) >= indent)) parent -= 1;
    shifts[at] = shifts[parent] ?? 0;
    return ' '.repeat(Math.max(0, indent + shifts[at])) + line.trimStart();
  };

  const lines: string[] = [];
  let [old, now] = [0, 0];
  for (const [nextOld, nextNow] of [...pairs, [before.length, after.length] as const]) {
    const [was, is] = [before.slice(old, nextOld), after.slice(now, nextNow)];
    if (was.map(wordsOf).join('') === is.map(wordsOf).join('')) lines.push(...was);
    else for (let at = now; at < nextNow; at += 1) lines.push(added(at));
    if (nextOld < before.length) lines.push(before[nextOld] as string);
    [old, now] = [nextOld + 1, nextNow + 1];
  }
  return lines.join('\n');
};
