import { LeakReport } from './leak-report.js';
import { MarkerTexts } from './marker-texts.js';

const markers = (texts: MarkerTexts) => [{ name: 'value', text: texts.value }];

describe('LeakReport', () => {
  it.each([
    ['plain', (text: string) => text],
    ['JSON', (text: string) => JSON.stringify(text)],
    ['base64', (text: string) => Buffer.from(text).toString('base64')],
    ['URL', encodeURIComponent],
  ])('reports a value that was shown: %s', (_, write) => {
    const texts = new MarkerTexts();
    const report = new LeakReport(texts);
    report.scanText('metrics', 'here', markers(texts), `before ${write(texts.secret())} behind`);
    const { problems } = report.outcome([]);
    expect(problems.length).toBeGreaterThan(1);
    expect(problems.join()).toContain('metrics: here');
    expect(problems.join()).not.toContain(texts.value);
  });

  it('reports that a control was not found where it must be', () => {
    const texts = new MarkerTexts();
    const report = new LeakReport(texts);
    report.scanText('metrics', 'here', markers(texts), 'nothing');
    expect(report.outcome([]).problems).toEqual([]);
    expect(report.outcome(['metrics']).problems).toEqual([expect.stringContaining('metrics')]);
  });

  it('finds every planted control, also in an empty place', () => {
    const texts = new MarkerTexts();
    const report = new LeakReport(texts);
    report.scanText('standard error', 'here', markers(texts), '');
    const planted = report.outcome([]).figures.find(({ figure }) => figure.startsWith('Controls planted'));
    expect(Number(planted?.value)).toBeGreaterThan(20);
    expect(planted?.aim).toBe(String(planted?.value));
  });
});
