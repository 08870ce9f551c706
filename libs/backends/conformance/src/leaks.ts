import { inspect } from 'node:util';

/** The forms in which a text may end up somewhere: plain, base64, hex, JSON-escaped, URL-encoded. */
export const disguises = (canary: string): string[] => {
  const bytes = Buffer.from(canary, 'utf8');
  return [
    canary,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    JSON.stringify(canary).slice(1, -1),
    encodeURIComponent(canary),
  ];
};

/** Everything an error might show of itself: text, stack, causes, fields (hidden ones too), JSON, inspection. */
export const everythingShown = (error: unknown): string => {
  const parts = [inspect(error, { showHidden: true, depth: 12, maxStringLength: null, maxArrayLength: null })];
  const seen = new Set<unknown>();
  const visit = (thing: unknown): void => {
    if (seen.has(thing)) return;
    seen.add(thing);
    parts.push(String(thing));
    if (typeof thing !== 'object' || thing === null) return;
    try {
      parts.push(JSON.stringify(thing));
    } catch {
      // What cannot be serialised cannot leak that way.
    }
    if (thing instanceof Uint8Array) parts.push(Buffer.from(thing).toString('latin1'));
    for (const name of Reflect.ownKeys(thing)) visit((thing as Record<PropertyKey, unknown>)[name]);
  };
  visit(error);
  return parts.join('\n');
};

/** The canaries that the error shows in any disguise. */
export const leaksOf = (error: unknown, canaries: readonly string[]): string[] => {
  const shown = everythingShown(error).toLowerCase();
  return canaries.filter((canary) => disguises(canary).some((form) => shown.includes(form.toLowerCase())));
};
