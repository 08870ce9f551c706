import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configurationPage, settingsOf } from './documentation.js';
import { rootSchema } from './schema/root.js';
import { settingNames } from './schema-shape.js';

describe('docs/configuration.md', () => {
  it('is what `npm run docs` writes now', () => {
    const page = readFileSync(join(__dirname, '../../../docs/configuration.md'), 'utf8');
    expect(page).toBe(configurationPage());
  });

  it('describes every setting of the schema, with its type', () => {
    const settings = settingsOf();
    expect(settings.filter(({ description, type }) => description === '' || type === '')).toEqual([]);
    const lists = (name: string) => name.replace(/\[\].*$/, '');
    const shown = new Set(settings.map(({ name }) => lists(name)));
    expect(settingNames(rootSchema).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('tells defaults as they would be written, what is required, and where credentials belong', () => {
    const of = (name: string) => settingsOf().find((setting) => setting.name === name);
    expect(of('coffer.catalogue.refresh')).toMatchObject({ type: 'duration', default: '5m', required: false });
    expect(of('kestra.secret.vault.address')).toMatchObject({ required: true });
    expect(of('kestra.secret.vault.appRole.secretId')).toMatchObject({
      type: 'text, kept secret',
      required: true,
      authentication: 'AppRole',
    });
    expect(of('kestra.secret.readOnly')).toMatchObject({ type: 'true or false', required: false });
    expect(of('coffer.access.tokens[].grants[].permissions')).toMatchObject({
      type: 'list of one of list, resolve, write, delete, admin',
      required: true,
    });
  });

  it('writes a number with the unit of its type alone', () => {
    const number = (value: number, type: string) => z.number().default(value).meta({ type, description: 'd' });
    const schema = z.object({
      count: number(2_048, 'number'),
      size: number(2_048, 'size'),
      odd: number(1_500, 'size'),
      time: number(90_000, 'duration'),
      none: z.string().meta({ type: 'text', description: 'd' }),
      perhaps: z.string().optional().meta({ type: 'text', description: 'd', auth: 'AppRole' }),
    });
    expect(settingsOf(schema)).toStrictEqual([
      { name: 'count', type: 'number', default: '2048', required: false, description: 'd' },
      { name: 'size', type: 'size', default: '2KiB', required: false, description: 'd' },
      { name: 'odd', type: 'size', default: '1500', required: false, description: 'd' },
      { name: 'time', type: 'duration', default: '90s', required: false, description: 'd' },
      { name: 'none', type: 'text', required: true, description: 'd' },
      { name: 'perhaps', type: 'text', required: false, authentication: 'AppRole', description: 'd' },
    ]);
  });
});
