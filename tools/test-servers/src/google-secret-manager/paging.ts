import { refuse } from './status.ts';

/** "If the number is greater than 25000, it is capped at 25000"; what the service chooses when asked for 0 is not said. */
const MOST = 25_000;

/**
 * One page of what is ordered newest first. The token is the place of the last item that was answered, so that what is
 * created or deleted between two pages moves nothing; it belongs to its filter.
 * `found`: newest first. `placeOf`: falls along the list.
 */
export function page<T>(
  found: T[],
  size: number | undefined,
  token: string | undefined,
  placeOf: (item: T) => number,
  filter: string = '',
) {
  if ((size ?? 0) < 0) refuse('INVALID_ARGUMENT', 'The page size is negative.');
  const below = token ? readToken(token, filter) : Number.POSITIVE_INFINITY;
  const rest = found.filter((item) => placeOf(item) < below);
  const items = rest.slice(0, Math.min(size || MOST, MOST));
  const last = items.at(-1);
  const more = rest.length > items.length && last !== undefined;
  return { items, nextPageToken: more ? writeToken(placeOf(last), filter) : '' };
}

const writeToken = (place: number, filter: string) =>
  Buffer.from(JSON.stringify([place, filter])).toString('base64url');

function readToken(token: string, filter: string): number {
  try {
    const [place, of] = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Number.isInteger(place) && of === filter) return place;
  } catch {
    // As below.
  }
  return refuse('INVALID_ARGUMENT', 'The page token is invalid.');
}
