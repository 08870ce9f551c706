import { Lookout } from './lookout.js';
import { Marks } from './marks.js';

const words = (marks: Marks) => [{ name: 'value', text: marks.value }];

describe('Lookout', () => {
  it.each([
    ['plain', (text: string) => text],
    ['JSON', (text: string) => JSON.stringify(text)],
    ['base64', (text: string) => Buffer.from(text).toString('base64')],
    ['URL', encodeURIComponent],
  ])('reports a value that was shown: %s', (_, write) => {
    const marks = new Marks();
    const lookout = new Lookout(marks);
    lookout.lookAtText('metrics', 'here', words(marks), `before ${write(marks.secret())} behind`);
    const { problems } = lookout.outcome([]);
    expect(problems.length).toBeGreaterThan(1);
    expect(problems.join()).toContain('metrics: here');
    expect(problems.join()).not.toContain(marks.value);
  });

  it('reports that a control was not found where it must be', () => {
    const marks = new Marks();
    const lookout = new Lookout(marks);
    lookout.lookAtText('metrics', 'here', words(marks), 'nothing');
    expect(lookout.outcome([]).problems).toEqual([]);
    expect(lookout.outcome(['metrics']).problems).toEqual([expect.stringContaining('metrics')]);
  });

  it('finds every planted control, also in an empty place', () => {
    const marks = new Marks();
    const lookout = new Lookout(marks);
    lookout.lookAtText('standard error', 'here', words(marks), '');
    const planted = lookout.outcome([]).figures.find(({ figure }) => figure.startsWith('Controls planted'));
    expect(Number(planted?.value)).toBeGreaterThan(20);
    expect(planted?.aim).toBe(String(planted?.value));
  });
});
