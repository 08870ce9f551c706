import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { SecretValue } from './index.js';

describe('SecretValue', () => {
  const value = new SecretValue('hunter2');

  it('shows a placeholder wherever it is printed, serialised, joined or compared as a number', () => {
    const placeholder = '[secret]';
    expect(String(value)).toBe(placeholder);
    expect(value.toString()).toBe(placeholder);
    // eslint-disable-next-line @typescript-eslint/restrict-template-expressions
    expect(`${value}`).toBe(placeholder);
    expect(JSON.stringify({ value })).toBe(`{"value":"${placeholder}"}`);
    expect(inspect(value)).toBe(placeholder);
    expect(inspect({ value }, { showHidden: true })).toContain(placeholder);
    expect(format('%s %o %j', value, value, value)).toBe(`${placeholder} ${placeholder} "${placeholder}"`);
    expect(Number(value)).toBeNaN();
  });

  it('has no property that holds the text', () => {
    expect(Reflect.ownKeys(value)).toEqual([]);
    expect(inspect(value, { showHidden: true, customInspect: false })).not.toContain('hunter2');
    expect(structuredClone({ ...value })).toEqual({});
  });

  it('reveals its text, counts the bytes of its UTF-8 and compares by text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, other) => {
        expect(new SecretValue(text).reveal()).toBe(text);
        expect(new SecretValue(text).byteLength).toBe(Buffer.from(text, 'utf8').length);
        expect(new SecretValue(text).equals(new SecretValue(text))).toBe(true);
        expect(new SecretValue(text).equals(new SecretValue(other))).toBe(text === other);
      }),
    );
  });
});
