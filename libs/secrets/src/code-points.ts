/** Orders the two halves of a surrogate pair above U+E000–U+FFFF, where the code point they stand for belongs. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

/**
 * Order by code points, which is also the order of UTF-8 bytes and of a database's binary collation. JavaScript's own
 * `<` orders by UTF-16 units and so puts emoji before U+E000.
 */
export const compareCodePoints = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const unitOfA = a.charCodeAt(i);
    const unitOfB = b.charCodeAt(i);
    if (unitOfA !== unitOfB) return rank(unitOfA) - rank(unitOfB);
  }
  return a.length - b.length;
};
