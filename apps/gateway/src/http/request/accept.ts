interface Range {
  readonly type: string;
  readonly quality: number;
}

const QUALITY = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/** Parameters but the quality say nothing here. One that is no number counts as the highest, as if it were not there. */
const rangeOf = (text: string): Range => {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const given = parameters.map((parameter) => QUALITY.exec(parameter)?.[1]).find((quality) => quality !== undefined);
  return { type: type.toLowerCase(), quality: given === undefined ? 1 : Number(given) };
};

/** Quality of the most specific range that has the type, as RFC 9110 wants it. */
const qualityOf = (type: string, ranges: readonly Range[]): number => {
  const wider = [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*'];
  for (const name of wider) {
    const found = ranges.find((range) => range.type === name);
    if (found !== undefined) return found.quality;
  }
  return 0;
};

/** More than any client sends; what comes later is not looked at. */
const MAX_RANGES = 32;

/**
 * The type that an `Accept` header wants most: among equals the first that is offered, which is also the answer where none
 * is wanted, or nothing is said.
 */
export const preferredType = <T extends string>(accept: string, offered: readonly [T, ...T[]]): T => {
  const [first] = offered;
  if (accept === '' || accept === '*/*' || accept === first) return first;
  const ranges = accept.split(',', MAX_RANGES).map(rangeOf);
  let best = first;
  let highest = qualityOf(first, ranges);
  for (const type of offered.slice(1)) {
    const quality = qualityOf(type, ranges);
    if (quality > highest) [best, highest] = [type, quality];
  }
  return best;
};
