import { playScenarios, PARTS, STAGED, without } from './scenarios.js';

describe('the directed scenarios', () => {
  it('are clean with all rules', () => {
    const violated = playScenarios(without([])).filter(({ violations }) => violations.length > 0);
    expect(violated).toEqual([]);
  });

  const names = [...PARTS.keys()].filter((name) => /^\d+$/.test(name) || STAGED.has(name));

  it.each(names)('fail without %s', (name) => {
    const violated = playScenarios(without(PARTS.get(name) ?? [])).filter(({ violations }) => violations.length > 0);
    expect(violated.length).toBeGreaterThan(0);
    // A part's own scenario is among them, so that each part is needed for something.
    if (PARTS.get(name)?.length === 1 && !/^\d+$/.test(name)) expect(violated.map((each) => each.name)).toContain(name);
  });
});
