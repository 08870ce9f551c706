/** Of the samples of `coffer_token_last_used_timestamp_seconds`. */
const SAMPLE = /^coffer_token_last_used_timestamp_seconds\{token="((?:[^"\\]|\\.)*)"\} (\S+)$/;

const unescape = (label: string): string =>
  label.replaceAll(/\\(.)/g, (_escape, character: string) => (character === 'n' ? '\n' : character));

/** When each token was last used by the metrics of one process, in milliseconds since the Unix epoch. */
export const lastUsesOf = (metrics: string): ReadonlyMap<string, number> =>
  new Map(
    metrics.split('\n').flatMap((line): [string, number][] => {
      const [, token, seconds] = SAMPLE.exec(line) ?? [];
      return token === undefined ? [] : [[unescape(token), Number(seconds) * 1_000]];
    }),
  );
