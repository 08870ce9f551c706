import { inspect } from 'node:util';
import { parseJdbcUrl } from './jdbc-url.js';
import { refusal } from './load.fixture.js';

describe('parseJdbcUrl', () => {
  it.each([
    ['jdbc:postgresql://db.example:6543/kestra', 'postgresql', 'db.example', 6543, 'kestra'],
    ['jdbc:postgresql://db/kestra', 'postgresql', 'db', 5432, 'kestra'],
    ['jdbc:postgresql://[::1]:5433/kestra', 'postgresql', '::1', 5433, 'kestra'],
    ['jdbc:postgresql:///kestra', 'postgresql', 'localhost', 5432, 'kestra'],
    ['jdbc:postgresql:kestra', 'postgresql', 'localhost', 5432, 'kestra'],
    ['jdbc:postgresql://db/my%20base', 'postgresql', 'db', 5432, 'my base'],
    ['jdbc:mysql://mysql:3307/kestra', 'mysql', 'mysql', 3307, 'kestra'],
    ['jdbc:mysql://mysql/kestra', 'mysql', 'mysql', 3306, 'kestra'],
    ['jdbc:mariadb://maria/kestra', 'mariadb', 'maria', 3306, 'kestra'],
  ])('reads %s', (url, dialect, host, port, database) => {
    expect(parseJdbcUrl(url)).toMatchObject({ dialect, host, port, database });
  });

  it('takes user and password out of the parameters, and hides what is a password', () => {
    const url = parseJdbcUrl(
      'jdbc:postgresql://db/kestra?user=me&password=p%26w%2Bd+x&sslpassword=canary&ApplicationName=coffer',
    );
    expect(url.username).toBe('me');
    expect(url.password?.reveal()).toBe('p&w+d+x');
    expect(url.params).toEqual({ ApplicationName: 'coffer' });
    expect('secretParams' in url && url.secretParams['sslpassword']?.reveal()).toBe('canary');
    expect(inspect(url, { depth: 9 }) + JSON.stringify(url)).not.toMatch(/canary|p&w/);
  });

  it('reads credentials before the host, as MySQL writes them', () => {
    const url = parseJdbcUrl('jdbc:mysql://me:p%40ss@db:3306/kestra');
    expect(url).toMatchObject({ host: 'db', username: 'me' });
    expect(url.password?.reveal()).toBe('p@ss');
  });

  it.each([
    ['jdbc:postgresql://db/k', 'preferred'],
    ['jdbc:postgresql://db/k?sslmode=disable', 'disabled'],
    ['jdbc:postgresql://db/k?sslmode=require', 'required'],
    ['jdbc:postgresql://db/k?sslmode=verify-full', 'verify-full'],
    ['jdbc:postgresql://db/k?ssl=true', 'verify-full'],
    ['jdbc:postgresql://db/k?ssl=true&sslmode=require', 'required'],
    ['jdbc:mysql://db/k', 'preferred'],
    ['jdbc:mysql://db/k?useSSL=false', 'disabled'],
    ['jdbc:mysql://db/k?useSSL=true&requireSSL=true', 'required'],
    ['jdbc:mysql://db/k?verifyServerCertificate=true', 'verify-ca'],
    ['jdbc:mysql://db/k?sslMode=VERIFY_IDENTITY', 'verify-full'],
    ['jdbc:mariadb://db/k', 'disabled'],
    ['jdbc:mariadb://db/k?sslMode=trust', 'required'],
    ['jdbc:mariadb://db/k?useSsl=true', 'verify-full'],
  ])('%s is protected: %s', (url, tls) => {
    expect(parseJdbcUrl(url)).toMatchObject({ tls });
  });

  it.each([
    ['jdbc:h2:file:/data/kestra', '/data/kestra', {}],
    ['jdbc:h2:./kestra;MODE=PostgreSQL', './kestra', { MODE: 'PostgreSQL' }],
    ['jdbc:h2:~/kestra;db_close_delay=-1;', '~/kestra', { DB_CLOSE_DELAY: '-1' }],
  ])('reads the H2 file %s', (url, path, params) => {
    expect(parseJdbcUrl(url)).toEqual({ dialect: 'h2', mode: 'file', path, params });
  });

  it.each([
    ['jdbc:h2:pg://db.internal:9092/coffer', 'db.internal', 9092],
    ['jdbc:h2:pg://db.internal/coffer;IFEXISTS=TRUE', 'db.internal', 5435],
  ])('%s names the PostgreSQL-protocol server that comes with H2', (text, host, port) => {
    expect(parseJdbcUrl(text)).toMatchObject({ dialect: 'h2', mode: 'server', host, port, database: 'coffer' });
  });

  it('takes USER and PASSWORD out of the H2 settings', () => {
    const url = parseJdbcUrl('jdbc:h2:file:/d;USER=sa;PASSWORD=canary');
    expect(url).toMatchObject({ username: 'sa', params: {} });
    expect(url.password?.reveal()).toBe('canary');
  });

  it.each([
    ['jdbc:h2:tcp://localhost/~/canary', /no Node client speaks: give the database file as jdbc:h2:file:PATH/],
    ['jdbc:h2:ssl://localhost/~/canary', /no Node client speaks/],
    ['jdbc:h2:mem:canary;DB_CLOSE_DELAY=-1', /loses every secret .* jdbc:h2:file:PATH/],
    ['jdbc:h2:zip:~/canary.zip!/test', /file system/],
    ['jdbc:h2:file:', /names no database file/],
    ['jdbc:h2:pg://canary', /must be jdbc:h2:pg:\/\/HOST:PORT\/DATABASE/],
    ['jdbc:h2:file:/x;CIPHER=AES;PASSWORD=canary', /encrypted H2 file/],
    ['jdbc:h2:file:/x;canary', /NAME=VALUE/],
    ['jdbc:oracle:thin:@canary', /must begin with jdbc:postgresql:/],
    ['postgres://me:canary@db/kestra', /must begin with jdbc:postgresql:/],
    ['jdbc:postgresql://one,canary/kestra', /several servers/],
    ['jdbc:postgresql://canary', /must name one database/],
    ['jdbc:postgresql://db/a/canary', /must name one database/],
    ['jdbc:postgresql://db:canary/kestra', /must name one server/],
    ['jdbc:postgresql://db:70000/canary', /port/],
    ['jdbc:postgresql://db/kestra?password=canary%', /%25/],
    ['jdbc:postgresql://db/kestra?sslmode=canary', /must be one of disable, allow/],
    ['jdbc:mysql:replication://canary/kestra', /without a mode/],
    ['jdbc:mysql://address=(host=canary)/kestra', /must name one server/],
    ['', /must begin with/],
  ])('refuses %s without repeating it', (url, message) => {
    const refused = refusal(() => parseJdbcUrl(url));
    expect(refused).toMatch(message);
    expect(refused).not.toContain('canary');
  });
});
