import { CofferError } from '@coffer/secrets';
import { z } from 'zod';
import { ConfigErrors } from './config-errors.js';
import { Unresolved } from './interpolate.js';

const thrown = (errors: ConfigErrors): CofferError => {
  try {
    errors.throwIfAny();
  } catch (error) {
    if (CofferError.is(error, 'configuration')) return error;
  }
  throw new Error('nothing was wrong');
};
const unresolved = new Unresolved('names nothing');

it('nothing is thrown where nothing is wrong', () => {
  expect(() => new ConfigErrors().throwIfAny()).not.toThrow();
});

it('each problem is one line, however often it is found, with the paths beside', () => {
  const errors = new ConfigErrors();
  errors.add(['a', 0, 'b'], 'is wrong');
  errors.add('a[0].b', 'is wrong');
  expect(thrown(errors).message).toBe('configuration: a[0].b is wrong');
  errors.add('c', 'is wrong too');
  const { message, details } = thrown(errors);
  expect(message).toBe('configuration: 2 problems\n- a[0].b is wrong\n- c is wrong too');
  expect(details['paths']).toEqual(['a[0].b', 'c']);
});

it('what a value lacks is said by its path, and by what it should be', () => {
  const errors = new ConfigErrors();
  const schema = z.object({ group: z.object({}), list: z.array(z.string()), text: z.string() });
  expect(errors.check(schema, { group: 'a', list: 'b' }, ['top'])).toBeUndefined();
  expect(thrown(errors).message).toBe(
    'configuration: 3 problems\n- top.group must be a group of settings\n- top.list must be a list\n- top.text is missing',
  );
});

it('a placeholder without a value is named once, where it stands', () => {
  const errors = new ConfigErrors();
  const schema = z.object({ list: z.array(z.string()), maybe: z.string().optional() });
  expect(errors.check(schema, { list: ['a', unresolved], maybe: unresolved }, ['top'])).toBeUndefined();
  expect(thrown(errors).details['paths']).toEqual(['top.list[1]', 'top.maybe']);
});

it('what is right comes back', () => {
  expect(new ConfigErrors().check(z.object({ a: z.string() }), { a: 'b' }, [])).toEqual({ a: 'b' });
});
