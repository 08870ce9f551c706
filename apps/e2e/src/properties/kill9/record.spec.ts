import { KeyRecord } from './record.js';

const state = (value: string) => ({ value, description: 'd' });

describe('KeyRecord', () => {
  it('allows the last acknowledged state and nothing older', () => {
    const record = new KeyRecord();
    expect([record.allows(undefined), record.allows(state('1'))]).toEqual([true, false]);
    for (const value of ['1', '2']) {
      record.attempt(state(value));
      record.acknowledge(state(value));
    }
    expect([record.allows(state('2')), record.allows(state('1')), record.allows(undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('allows what was asked for and not answered, until it is settled', () => {
    const record = new KeyRecord();
    record.attempt(state('1'));
    record.acknowledge(state('1'));
    record.attempt(undefined);
    expect([record.allows(state('1')), record.allows(undefined), record.open]).toEqual([true, true, true]);
    record.settle(undefined);
    expect([record.allows(state('1')), record.allows(undefined), record.open]).toEqual([false, true, false]);
  });

  it('forgets an attempt that was refused', () => {
    const record = new KeyRecord();
    record.attempt(state('1'));
    record.withdraw();
    expect([record.allows(state('1')), record.open]).toEqual([false, false]);
  });

  it('tells a changed description from the one before', () => {
    const record = new KeyRecord();
    record.acknowledge(state('1'));
    expect(record.allows({ value: '1', description: 'other' })).toBe(false);
  });
});
