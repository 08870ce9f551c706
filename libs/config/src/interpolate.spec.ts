import fc from 'fast-check';
import { interpolate, mentionedVariables, Unresolved } from './interpolate.js';

const reason = (text: string, env: Record<string, string> = {}): string | undefined => {
  const result = interpolate(text, env);
  return result instanceof Unresolved ? result.reason : undefined;
};

describe('interpolate', () => {
  it.each([
    ['plain', 'plain'],
    ['${HOST}', 'db'],
    ['${ HOST }${ HOST :x}', 'dbdb'],
    ['jdbc:postgresql://${HOST}:${PORT:5432}/kestra', 'jdbc:postgresql://db:5432/kestra'],
    ['${MISSING:}', ''],
    ['${MISSING:a:b}', 'a:b'],
    ['${EMPTY:default}', ''],
    ['${MISSING:${HOST}}', 'db'],
    ['${MISSING:x${ALSO_MISSING:y}z}!', 'xyz!'],
    ['${db.host-name}', 'by property'],
    ['$HOST {HOST} $$', '$HOST {HOST} $$'],
    ['}${HOST}{', '}db{'],
  ])('%s becomes %s', (text, expected) => {
    expect(interpolate(text, { HOST: 'db', EMPTY: '', DB_HOST_NAME: 'by property' })).toBe(expected);
  });

  it('takes a variable literally', () => {
    expect(interpolate('${A}', { A: 'p${B}w' })).toBe('p${B}w');
  });

  it('names the variable that is missing', () => {
    expect(reason('a${NOPE}b')).toBe('needs the variable NOPE, which is not set and has no default');
    expect(reason('${X:${NOPE}}')).toContain('NOPE');
  });

  it('refuses half a placeholder without repeating it', () => {
    expect(reason('hunter2${')).toMatch(/without its \}/);
    expect(reason('hunter2${')).not.toContain('hunter2');
    expect(reason('${hunter 2}')).toMatch(/names no variable/);
    expect(reason('${hunter 2}')).not.toContain('hunter');
  });

  it('leaves texts without placeholders alone, and puts any value in place unchanged', () => {
    const quiet = fc.string().filter((text) => !text.includes('${') && !text.endsWith('$'));
    fc.assert(
      fc.property(quiet, fc.string(), quiet, (before, value, after) => {
        expect(interpolate(before, {})).toBe(before);
        expect(interpolate(`${before}\${NAME}${after}`, { NAME: value })).toBe(before + value + after);
        expect(interpolate(`${before}\${NAME:unused}${after}`, { NAME: value })).toBe(before + value + after);
      }),
    );
  });

  it('finds the variables that a text mentions, defaults included', () => {
    expect(mentionedVariables('a: ${ONE}\nb: ${TWO:${THREE:x}}\nc: $FOUR')).toEqual(['ONE', 'TWO', 'THREE']);
  });
});
