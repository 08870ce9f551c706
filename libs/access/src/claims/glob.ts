import { RE2JS } from 're2js';

/** Matches whole texts: `*` is any run of characters without a slash, `**` any run; whatever else is written is meant. */
export type Glob = (text: string) => boolean;

/** In time linear in the text, whatever the pattern. */
export const compileGlob = (pattern: string): Glob => {
  const parts = pattern.split(/(\*\*?)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : RE2JS.quote(part);
  });
  const compiled = RE2JS.compile(parts.join(''), RE2JS.DOTALL);
  return (text) => compiled.matches(text);
};
