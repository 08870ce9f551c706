import { brokenTagRule } from './user-tags.js';

describe('what AWS takes as a tag', () => {
  it.each([
    ['team', 'payments'],
    ['größe', '東京 1'],
    ['a+b-c=d.e_f:g/h@i', ''],
  ])('%s: %s', (key, value) => {
    expect(brokenTagRule({ key, value })).toBeUndefined();
  });

  it.each([
    ['aws:stack', 'x', 'aws:'],
    ['x', 'AWS:x', 'aws:'],
    ['x', 'coffer:removed', 'coffer:removed'],
    ['a,b', 'x', 'letters, spaces, digits and + - = . _ : / @'],
    ['x', 'a\nb', 'letters, spaces, digits and + - = . _ : / @'],
    ['x', '😀', 'letters, spaces, digits and + - = . _ : / @'],
  ])('not %j: %j', (key, value, rule) => {
    expect(brokenTagRule({ key, value })).toContain(rule);
  });
});
