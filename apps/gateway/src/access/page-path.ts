/** Any origin will do: it is only compared with itself. */
const BASE = 'http://here.invalid';

/**
 * A path below `/ui`, as browsers read it, query and fragment included; `undefined` for what leads anywhere else, or would do so
 * with a browser that reads it otherwise.
 */
export const pagePath = (text: string): string | undefined => {
  if (!/^\/ui(?:[/?#]|$)/.test(text) || /[\\\u0000-\u0020\u007f]/.test(text)) return undefined;
  const url = URL.parse(text, BASE);
  if (url?.origin !== BASE || !/^\/ui(?:\/|$)/.test(url.pathname)) return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
};
