import { CofferError } from '@coffer/secrets';
import { unrefused } from './unrefused.js';

const thrownBy = (error: Error): Promise<unknown> =>
  unrefused(Promise.reject(error)).catch((thrown: unknown) => thrown);

describe('the rest of a mutation', () => {
  it('answers what it answers', async () => {
    expect(await unrefused(Promise.resolve(7))).toBe(7);
  });

  it.each(['denied', 'invalid', 'too-large', 'not-found'] as const)('refuses nothing: %s', async (code) => {
    expect(await thrownBy(new CofferError(code, 'no', { store: 'S' }))).toMatchObject({
      code: 'unavailable',
      details: { store: 'S', refused: code },
    });
  });

  it.each([
    new CofferError('timeout', 'late'),
    new CofferError('unavailable', 'away'),
    new CofferError('throttled', 'slowly'),
    new TypeError('bug'),
  ])('fails as it does: %p', async (error) => {
    expect(await thrownBy(error)).toBe(error);
  });
});
