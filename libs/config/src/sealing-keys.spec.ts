import { loadFiles, loadText, refusal } from './load.fixture.js';

const SECRET = 'canary-of-thirty-two-characters!';
const jdbc = (settings: string): string => `kestra: {secret: {type: jdbc, jdbc: {${settings}}}}`;

const keysOf = (text: string) => {
  const { secret } = loadText(text);
  if (secret?.type !== 'jdbc') throw new Error('no store of that type');
  return secret.keys.map(({ id, active }) => `${id}${active ? ' active' : ''}`);
};

describe('the keys of a store whose values Coffer seals', () => {
  it.each([
    ['secret: x', ['jdbc active']],
    [`secret: x, sealingKeys: [{id: k2, secret: ${SECRET}}]`, ['jdbc active', 'k2']],
    [`secret: x, sealingKeys: [{id: k2, secret: ${SECRET}, active: true}]`, ['jdbc', 'k2 active']],
    [`sealingKeys: [{id: k2, secret: ${SECRET}}]`, ['k2 active']],
  ])('%s', (settings, keys) => {
    expect(keysOf(jdbc(settings))).toEqual(keys);
  });

  it('come from files', () => {
    const text = jdbc('sealingKeys: [{id: k2, file: k2.key}]');
    const { secret } = loadFiles({ 'coffer.yml': text, 'k2.key': SECRET });
    expect(secret?.type === 'jdbc' && secret.keys[0]?.secret.reveal()).toBe(SECRET);
  });

  it.each([
    [`secret: x, sealingKeys: [{id: jdbc, secret: ${SECRET}}]`, 'sealingKeys[0].id is the id of the key that `secret`'],
    [
      `sealingKeys: [{id: a, secret: ${SECRET}}, {id: b, secret: ${SECRET}}]`,
      'kestra.secret.jdbc.sealingKeys must have exactly one active key; 0 are active',
    ],
    ['prefix: x', 'kestra.secret.jdbc.secret is missing'],
  ])('%s is refused', (settings, reason) => {
    expect(refusal(() => loadText(jdbc(settings)))).toContain(reason);
  });
});
