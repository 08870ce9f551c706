import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseJdbcUrl, type H2JdbcUrl } from '@coffer/config';
import { h2ConnectionOf } from './datasource-h2.js';

describe('a datasource of H2', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-datasource-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('says what a file of H2 needs, and how to get it', () => {
    const url = parseJdbcUrl('jdbc:h2:file:./data/h2');
    const connect = (env: Record<string, string>) => () => h2ConnectionOf(url as H2JdbcUrl, {}, env);
    expect(connect({ PATH: '' })).toThrow(/Java.*default-jre-headless.*com\.h2database:h2.*H2_JAR/);
    const java = join(folder, 'bin/java');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(java, '');
    const env = { PATH: '', JAVA_HOME: folder };
    expect(connect(env)).toThrow(/H2_JAR is not set/);
    expect(connect({ ...env, H2_JAR: join(folder, 'none.jar') })).toThrow(/names no file/);
    writeFileSync(join(folder, 'h2.jar'), '');
    expect(connect({ ...env, H2_JAR: join(folder, 'h2.jar') })()).toMatchObject({
      dialect: 'h2-file',
      file: resolve('data/h2'),
      username: 'sa',
      java,
    });
  });
});
