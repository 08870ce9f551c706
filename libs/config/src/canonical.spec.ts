import { z } from 'zod';
import { canonicalise } from './canonical.js';
import { ConfigErrors } from './config-errors.js';
import { refusal } from './load.fixture.js';

const leaf = z.string().optional();
const reading = (value: unknown, schema: z.ZodType) => {
  const errors = new ConfigErrors();
  const read = canonicalise(value, schema, ['top'], errors);
  return { read, refused: () => refusal(() => errors.throwIfAny()) };
};

it('known keys get their own spelling, and groups in two spellings become one', () => {
  const schema = z.object({ someKey: leaf, aGroup: z.object({ one: leaf, two: leaf }) });
  expect(
    reading({ 'some-key': 'a', 'a-group': { one: '1' }, 'A_GROUP.two': '2' }, z.object(schema.shape)).read,
  ).toStrictEqual({ someKey: 'a', aGroup: { one: '1', two: '2' } });
});

it.each([
  { key: 'a', KEY: 'b' },
  { key: { one: '1' }, KEY: 'b' },
  { key: 'a', KEY: { one: '1' } },
])('a setting is given once: %j', (value) => {
  const schema = z.object({ key: z.object({ one: leaf }) });
  expect(reading(value, schema).refused()).toBe('configuration: top.key is given twice, in two spellings; keep one');
});

it('unknown keys are refused, dropped, or kept without their values, as the group has it', () => {
  const value = { key: 'a', other: 'secret', empty: null };
  expect(reading(value, z.object({ key: leaf })).read).toStrictEqual({ key: 'a' });
  expect(reading(value, z.looseObject({ key: leaf })).read).toStrictEqual({ key: 'a', other: 'not used' });
  expect(reading({ key: 'a', other: 'secret' }, z.strictObject({ key: leaf })).refused()).toMatch(/top\.other /);
  expect(reading({ '.key': 'a' }, z.object({ key: leaf })).read).toStrictEqual({});
});

it('a key without a value stays for others to refuse, but where none is what it means', () => {
  const schema = z.object({ key: leaf, maybe: z.string().optional().meta({ empty: 'absent' }) });
  expect(reading({ key: null, maybe: null }, schema).read).toStrictEqual({ key: null });
});
