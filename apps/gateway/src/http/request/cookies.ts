/** The values of the cookies of this name; more than one where a page of a sibling domain has set another. */
export const cookieValues = (header: string | undefined, name: string): ReadonlySet<string> => {
  const values = new Set<string>();
  if (header === undefined) return values;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    values.add(value.replace(/^"(.*)"$/, '$1'));
  }
  return values;
};
