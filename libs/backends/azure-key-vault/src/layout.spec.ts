import { SecretPath, fenceOf, type CofferError } from '@coffer/secrets';
import { capabilities } from './capabilities.js';
import { labelsOf, tagsOf, tombstoneTags } from './layout.js';

const path = SecretPath.of('main', 'company', 'k');
const fence = fenceOf(1, 5n);
const mark = { fence, revision: 3, changed: 1_796_000_000_123 };

describe('tags', () => {
  it('name the secret, its fence, and carry the user’s own', () => {
    const tags = tagsOf('kestra', path, { description: 'd', tags: [{ key: 'team', value: 'a' }] }, mark);
    expect(tags).toEqual({
      namespace: 'company',
      key: 'k',
      prefix: 'kestra',
      tenant: 'main',
      'coffer-fence': '281474976710661;revision=3;changed=1796000000123',
      'coffer-description': 'd',
      team: 'a',
    });
    expect(labelsOf('kestra', tags)).toEqual({
      path,
      identified: true,
      ...mark,
      tombstone: false,
      metadata: { description: 'd', tags: [{ key: 'team', value: 'a' }] },
    });
  });

  it.each(['k'.repeat(256), '🔑'.repeat(256), `k${'🔑'.repeat(255)}`, 'ﬀ'.repeat(256)])(
    'hold a key of 256 characters in one tag or two, none cut in half: %#',
    (key) => {
      const long = SecretPath.of('main', 'company', key);
      const tags = tagsOf('kestra', long, { description: 'ü'.repeat(256), tags: [] }, mark);
      for (const text of Object.entries(tags).flat()) {
        expect(text.length).toBeLessThanOrEqual(256);
        expect(text.isWellFormed()).toBe(true);
      }
      expect(labelsOf('kestra', tags)).toMatchObject({ path: long, metadata: { description: 'ü'.repeat(256) } });
    },
  );

  it('fit the vault’s fifteen at the declared limits', () => {
    const { count, keyLength, valueLength } = capabilities.limits.tags;
    const own = Array.from({ length: count }, (_, n) => ({
      key: `${'🔑'.repeat(keyLength - 1)}${n}`,
      value: 'v'.repeat(valueLength),
    }));
    const long = SecretPath.of('main', 'company', '🔑'.repeat(256));
    const metadata = { description: '🔑'.repeat(capabilities.limits.descriptionBytes / 4), tags: own };
    expect(Object.keys(tagsOf('p', long, metadata, mark)).length).toBeLessThanOrEqual(15);
    const more = { ...metadata, description: 'd'.repeat(512), tags: [...own, { key: 'one more', value: '' }] };
    expect(() => tagsOf('p', long, more, mark)).toThrow(expect.objectContaining({ code: 'too-large' }) as CofferError);
  });

  it('refuse what the vault counts as more than 256 characters', () => {
    const metadata = { tags: [{ key: 'k', value: '🔑'.repeat(129) }] };
    expect(() => tagsOf('p', path, metadata, mark)).toThrow(
      expect.objectContaining({ code: 'too-large' }) as CofferError,
    );
  });

  it('of somebody else’s secrets are of the default tenant, and without a fence', () => {
    const labels = labelsOf('kestra', { namespace: 'company', key: 'k', prefix: 'kestra', 'file-encoding': 'utf-8' });
    expect(labels).toEqual({
      path,
      identified: true,
      revision: 1,
      tombstone: false,
      metadata: { tags: [{ key: 'file-encoding', value: 'utf-8' }] },
    });
  });

  it.each([
    {},
    { namespace: 'company', key: 'k' },
    { namespace: 'company', key: 'k', prefix: 'other' },
    { namespace: 'Not A Namespace', key: 'k', prefix: 'kestra' },
    { namespace: 'company', prefix: 'kestra' },
  ])('that name no secret of the prefix name none: %j', (tags) => {
    expect(labelsOf('kestra', tags).path).toBeUndefined();
  });

  it.each(['soon', '281474976710661', '281474976710661;revision=', '99999999999999999999;revision=1'])(
    'with a fence that is none are not ours: %s',
    (text) => {
      expect(labelsOf('kestra', { 'coffer-fence': text })).toMatchObject({ revision: 1 });
      expect(labelsOf('kestra', { 'coffer-fence': text }).fence).toBeUndefined();
    },
  );

  it('say nothing of a time that is not known', () => {
    const { changed: _, ...rest } = mark;
    expect(labelsOf('kestra', tagsOf('kestra', path, { tags: [] }, rest))).not.toHaveProperty('changed');
  });

  it('of a tombstone keep the fence', () => {
    expect(labelsOf('kestra', tombstoneTags('kestra', path, mark))).toEqual({
      path,
      identified: true,
      ...mark,
      tombstone: true,
      metadata: { tags: [] },
    });
  });
});
