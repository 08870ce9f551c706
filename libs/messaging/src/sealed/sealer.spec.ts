import { KeyRing } from '@coffer/crypto';
import { SecretPath, SecretValue, type Mutation } from '@coffer/secrets';
import { plaintextOf } from './payload.js';
import { MessageSealer, type SealOptions } from './sealer.js';

const path = SecretPath.of('main', 'company', 'a/b');
const value = new SecretValue('hunter2');
const tags = [{ key: 'a', value: 'b' }];
const options: SealOptions = { operation: 'one', fingerprint: 'f', traceparent: 't', sentAt: 1_000, partition: 3 };
const corrupt = expect.objectContaining({ code: 'corrupt' }) as Error;

describe('MessageSealer', () => {
  let ring: KeyRing;
  let sealer: MessageSealer;
  beforeAll(async () => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    ring = await KeyRing.derive([{ id: 'k1', secret, active: true }]);
    sealer = new MessageSealer(ring);
  });

  const mutations: Mutation[] = [
    { kind: 'put', path, value, metadata: { tags } },
    { kind: 'put', path, value, metadata: { tags: [] }, keepsMetadata: true },
    { kind: 'put', path, value: new SecretValue(''), metadata: { description: '', tags: [] } },
    { kind: 'patch', path, metadata: {} },
    { kind: 'patch', path, metadata: { description: '' } },
    { kind: 'patch', path, metadata: { tags } },
    { kind: 'delete', path },
    { kind: 'drop', path },
  ];

  it.each(mutations)('gives back a $kind as it was sealed, and shows nothing of it', (mutation) => {
    const sealed = sealer.sealMutation(mutation, options);
    expect(sealed).toStrictEqual({
      schema: 1,
      operation: 'one',
      fingerprint: 'f',
      traceparent: 't',
      sentAt: 1_000,
      kind: mutation.kind,
      path: 'main/company/a%2Fb',
      body: expect.any(Uint8Array) as Uint8Array,
    });
    expect(Buffer.from(sealed.body).includes('hunter2')).toBe(false);
    const opened = sealer.openMutation(sealed, 3);
    expect(opened).toEqual(mutation);
    expect(plaintextOf(opened)).toBe(plaintextOf(mutation));
    if (mutation.kind === 'put') expect(opened).toMatchObject({ value: { reveal: expect.any(Function) as unknown } });
  });

  it('opens no mutation whose message says anything else, nor one of another partition', () => {
    const sealed = sealer.sealMutation({ kind: 'delete', path }, options);
    const others = [
      { path: 'main/company/OTHER' },
      { path: 'main/company/a%2fb' },
      { operation: 'two' },
      { sentAt: 1_001 },
      { kind: 'drop' as const },
      { schema: 2 },
    ];
    for (const other of others) expect(() => sealer.openMutation({ ...sealed, ...other }, 3)).toThrow(corrupt);
    expect(() => sealer.openMutation(sealed, 4)).toThrow(corrupt);
    expect(() => sealer.openMutation({ ...sealed, path: 'nowhere' }, 3)).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });

  it.each([
    { version: '7', revision: 2, metadata: { tags } },
    { version: '7', revision: 2_147_483_647, changed: 1_796_000_000_123, metadata: { description: '', tags: [] } },
  ])('gives back an outcome as it was sealed: %j', (outcome) => {
    const sealed = sealer.sealOutcome(path, 'one', outcome);
    expect(sealer.openOutcome(path, 'one', sealed)).toStrictEqual(outcome);
    expect(() => sealer.openOutcome(SecretPath.of('main', 'company', 'KEY'), 'one', sealed)).toThrow(corrupt);
    expect(() => sealer.openOutcome(path, 'two', sealed)).toThrow(corrupt);
  });

  it('decrypts an outcome once for all who open the same body', () => {
    const outcome = { version: '7', revision: 2, metadata: { tags } };
    const sealed = sealer.sealOutcome(path, 'one', outcome);
    const open = jest.spyOn(ring, 'open');
    for (let times = 0; times < 3; times += 1) expect(sealer.openOutcome(path, 'one', sealed)).toStrictEqual(outcome);
    expect(open).toHaveBeenCalledTimes(1);
    expect(sealer.openOutcome(path, 'one', sealed.slice())).toStrictEqual(outcome);
    expect(open).toHaveBeenCalledTimes(2);
    open.mockRestore();
  });

  it('opens nothing that was sealed for another place of records', () => {
    const plain = Buffer.from('{"kind":"delete"}');
    const { body } = sealer.sealMutation({ kind: 'delete', path }, options);
    const where = { path, operation: 'one', partition: 3, sentAt: 1_000 };
    expect(ring.open(body, { ...where, purpose: 'kafka' })).toEqual(plain);
    const sealed = {
      ...sealer.sealMutation({ kind: 'delete', path }, options),
      body: ring.seal(plain, { ...where, purpose: 'redis' }),
    };
    expect(() => sealer.openMutation(sealed, 3)).toThrow(corrupt);
  });

  describe('refuses', () => {
    /** Opens what a writer that knows other shapes, and the keys, has sealed. */
    const openMutation = (kind: Mutation['kind'], plain: string): unknown => {
      const body = ring.seal(Buffer.from(plain), {
        path,
        operation: 'one',
        partition: 3,
        sentAt: 1_000,
        purpose: 'kafka',
      });
      return sealer.openMutation({ ...sealer.sealMutation({ kind: 'delete', path }, options), kind, body }, 3);
    };
    const openOutcome = (plain: string): unknown =>
      sealer.openOutcome(path, 'one', ring.seal(Buffer.from(plain), { path, operation: 'one', purpose: 'kafka' }));

    it.each<[Mutation['kind'], object | null]>([
      ['put', null],
      ['put', []],
      ['put', { kind: 'erase' }],
      ['put', { kind: 'put', value: 'v' }],
      ['put', { kind: 'put', metadata: { tags } }],
      ['put', { kind: 'put', value: 1, metadata: { tags } }],
      ['put', { kind: 'put', value: 'v', metadata: {} }],
      ['put', { kind: 'put', value: 'v', metadata: { tags, description: 1 } }],
      ['put', { kind: 'put', value: 'v', metadata: { tags, more: 1 } }],
      ['put', { kind: 'put', value: 'v', metadata: { tags }, more: 1 }],
      ['put', { kind: 'put', value: 'v', metadata: { tags: [{ key: 'a' }] } }],
      ['put', { kind: 'put', value: 'v', metadata: { tags: [{ value: 'a' }] } }],
      ['put', { kind: 'put', value: 'v', metadata: { tags: [{ key: 'a', value: 'b', more: 1 }] } }],
      ['patch', { kind: 'patch' }],
      ['patch', { kind: 'patch', metadata: { description: 1 } }],
      ['patch', { kind: 'patch', metadata: { tags: 'a' } }],
      ['patch', { kind: 'patch', value: 'v', metadata: {} }],
      ['delete', { kind: 'delete', value: 'v' }],
      ['drop', { kind: 'drop', value: 'v' }],
    ])('a %s of another shape: %j', (kind, payload) => {
      expect(() => openMutation(kind, JSON.stringify(payload))).toThrow(corrupt);
      expect(() => openMutation(kind, JSON.stringify(payload))).toThrow(/of a shape that this version does not know$/);
    });

    it.each<object | null>([
      null,
      {},
      { metadata: { tags } },
      { version: '1' },
      { version: 1, metadata: { tags } },
      { version: '1', metadata: { tags }, more: 1 },
    ])('an outcome of another shape: %j', (payload) => {
      expect(() => openOutcome(JSON.stringify(payload))).toThrow(corrupt);
    });

    it('what is no JSON, and quotes nothing of it', () => {
      expect(() => openOutcome('hunter2')).toThrow(corrupt);
      expect(() => openOutcome('hunter2')).toThrow(/^the message holds no JSON$/);
      expect(() => openMutation('put', 'hunter2')).toThrow(/^the message holds no JSON$/);
    });
  });
});

describe('plaintextOf', () => {
  it('is JSON of what the mutation does, and of nothing that hangs on its tags', () => {
    const more = [Object.assign({ key: 'a', value: 'b' }, { more: 'of the caller’s' })];
    const texts = [
      { kind: 'put', path, value, metadata: { description: '', tags: more } },
      { kind: 'patch', path, metadata: { tags: more } },
      { kind: 'drop', path },
    ] as const;
    expect(texts.map((mutation) => JSON.parse(plaintextOf(mutation)) as unknown)).toStrictEqual([
      { kind: 'put', value: 'hunter2', metadata: { description: '', tags } },
      { kind: 'patch', metadata: { tags } },
      { kind: 'drop' },
    ]);
  });
});
