import { CofferError } from '@coffer/secrets';

/** The path of a request target as it was sent: no query, nothing decoded. Absolute-form targets lose their origin. */
export const rawPathOf = (target: string): string => {
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/';
};

/** The query of a request target as it was sent, without its question mark. */
export const rawQueryOf = (target: string): string => {
  const question = target.indexOf('?');
  return question === -1 ? '' : target.slice(question + 1);
};

/** Percent-decodes exactly once; throws `malformed` where the escapes are not UTF-8. */
export const decodeOnce = (text: string, where: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new CofferError('malformed', `${where} is not percent-encoded UTF-8`);
  }
};

/**
 * The parameters of a path by the pattern that matched it (`:name` for a segment, a final `*` for the whole rest,
 * slashes included). Works on the raw path, so that a rest is decoded once whatever the router did with it.
 */
export const pathParameters = (pattern: string, rawPath: string): Readonly<Record<string, string>> => {
  if (rawPath.includes('#')) throw new CofferError('malformed', 'the path contains a raw #; send it as %23');
  const given = rawPath.split('/');
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.split('/').entries()) {
    if (part.startsWith(':')) parameters[part.slice(1)] = decodeOnce(given[index] ?? '', 'the path');
    if (part === '*') parameters['*'] = decodeOnce(given.slice(index).join('/'), 'the path');
  }
  return parameters;
};
