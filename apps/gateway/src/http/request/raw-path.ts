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

/** The parameters of a raw path; throws `malformed`. */
export type PathReader = (rawPath: string) => Readonly<Record<string, string>>;

const decodePart = (part: string): string => (part.includes('%') ? decodeOnce(part, 'the path') : part);

/** Name of the parameter that a part of a pattern stands for. */
const nameOf = (part: string): string | undefined =>
  part === '*' ? part : part.startsWith(':') ? part.slice(1) : undefined;

/**
 * Reads the parameters of paths by the pattern that matched them (`:name` for a segment, a final `*` for the whole rest,
 * slashes included). Works on the raw path, so that a rest is decoded once whatever the router did with it.
 */
export const pathReader = (pattern: string): PathReader => {
  const names = pattern.split('/').slice(1).map(nameOf);
  return (rawPath) => {
    if (rawPath.includes('#')) throw new CofferError('malformed', 'the path contains a raw #; send it as %23');
    const parameters: Record<string, string> = {};
    let at = 1;
    for (const name of names) {
      const slash = rawPath.indexOf('/', at);
      const end = slash === -1 || name === '*' ? rawPath.length : slash;
      if (name !== undefined) parameters[name] = decodePart(rawPath.slice(at, end));
      at = end + 1;
    }
    return parameters;
  };
};
