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
    [' jdbc:mysql://@db/kestra', 'mysql', 'db', 3306, 'kestra'],
  ])('reads %s', (url, dialect, host, port, database) => {
    const mode = { postgresql: 'preferred', mysql: 'preferred', mariadb: 'disabled' }[dialect];
    expect(parseJdbcUrl(url)).toStrictEqual({ dialect, host, port, database, tls: { mode }, unused: [] });
  });

  it('reads the files of TLS', () => {
    const query = 'sslMode=verify-full&serverSslCert=/classpath:ca&sslcert=c&sslkey=k';
    expect(parseJdbcUrl(`jdbc:mariadb://db/k?${query}`)).toMatchObject({
      tls: { mode: 'verify-full', caFile: '/classpath:ca', certFile: 'c', keyFile: 'k' },
    });
  });

  it.each([
    ['jdbc:mysql://me@db/k', 'me', undefined],
    ['jdbc:mysql://m%65+:p+%3A:w@db/k', 'me+', 'p+::w'],
    ['jdbc:mysql://:pw@db/k', '', 'pw'],
    ['jdbc:mysql://me:no@db/k?user=ada&password=a?b?c', 'ada', 'a?b?c'],
    ['jdbc:mysql://db/k?user=ada&password1=pw', 'ada', 'pw'],
    ['jdbc:mysql://db/k?user=ada&USER=ada', 'ada', undefined],
  ])('reads whoever logs in: %s', (text, username, password) => {
    const url = parseJdbcUrl(text);
    expect([url.username, url.password?.reveal(), url.unused]).toEqual([username, password, []]);
  });

  it('takes user and password out of the parameters, and hides what is a password', () => {
    const url = parseJdbcUrl(
      'jdbc:postgresql://db/kestra?user=me&password=p%26w%2Bd+x&sslmode=require&sslcert=c&sslkey=k&sslpassword=canary',
    );
    expect(url.username).toBe('me');
    expect(url.password?.reveal()).toBe('p&w+d+x');
    expect(url).toMatchObject({ tls: { mode: 'required', certFile: 'c', keyFile: 'k' }, unused: [] });
    expect('tls' in url && url.tls.keyPassword?.reveal()).toBe('canary');
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
    ['jdbc:mysql://db/k?SSLMODE=VERIFY_IDENTITY', 'verify-full'],
    ['jdbc:mysql://db/k?sslmode=REQUIRED', 'required'],
    ['jdbc:mysql://db/k?verifyservercertificate=true', 'verify-ca'],
    ['jdbc:mysql://db/k?VerifyServerCertificate=YES', 'verify-ca'],
    ['jdbc:mysql://db/k?requiressl=1', 'required'],
    ['jdbc:mysql://db/k?usessl=No', 'disabled'],
    ['jdbc:postgresql://db/k?SSLMode=Verify-CA', 'verify-ca'],
    ['jdbc:postgresql://db/k?SSL=TRUE', 'verify-full'],
    ['jdbc:postgresql://db/k?ssl', 'verify-full'],
    ['jdbc:postgresql://db/k?ssl=false', 'preferred'],
    ['jdbc:mariadb://db/k?SSLMODE=VERIFY_CA', 'verify-ca'],
    ['jdbc:mariadb://db/k?usessl=1', 'verify-full'],
    ['jdbc:mariadb://db/k?useSsl=true&trustServerCertificate=1', 'required'],
    ['jdbc:mariadb://db/k?useSSL=true&disableSslHostnameVerification=true', 'verify-ca'],
    ['jdbc:mariadb://db/k', 'disabled'],
    ['jdbc:mariadb://db/k?sslMode=trust', 'required'],
    ['jdbc:mariadb://db/k?useSsl=true', 'verify-full'],
  ])('%s is protected: %s', (url, tls) => {
    expect(parseJdbcUrl(url)).toMatchObject({ tls: { mode: tls } });
  });

  it.each([
    ['postgresql', 'currentSchema=coffer', 'coffer'],
    ['postgresql', 'currentschema=Coffer', 'coffer'],
    ['postgresql', 'currentSchema=%22My Schema%22', 'My Schema'],
    ['postgresql', 'options=-c search_path=coffer', 'coffer'],
    ['postgresql', 'options=-csearch_path=coffer', 'coffer'],
    ['postgresql', 'options=--search-path=coffer&currentSchema=coffer', 'coffer'],
    ['postgresql', 'currentSchema= coffer ', 'coffer'],
    ['postgresql', "options=-c search_path='coffer'", 'coffer'],
    ['postgresql', 'options=-c search_path=\\ coffer', 'coffer'],
    ['postgresql', 'options=-c search_path="My\\ Schema"', 'My Schema'],
  ])('jdbc:%s with %s uses the schema %s', (dialect, query, schema) => {
    expect(parseJdbcUrl(`jdbc:${dialect}://db/k?${query}`)).toMatchObject({ schema, unused: [] });
  });

  it.each([
    [
      'postgresql',
      'ApplicationName=x&prepareThreshold=0&socketTimeout=30',
      ['ApplicationName', 'prepareThreshold', 'socketTimeout'],
    ],
    ['postgresql', 'channelBinding=prefer&gssEncMode=disable', ['channelBinding', 'gssEncMode']],
    [
      'mysql',
      'serverTimezone=UTC&cachePrepStmts=true&canary=1',
      ['serverTimezone', 'cachePrepStmts', 'one of an unknown name'],
    ],
    ['mysql', 'tlsVersions=TLSv1.3, TLSv1.2', ['tlsVersions']],
    ['mysql', '=canary&pipes=canary', ['one of an unknown name', 'one of an unknown name']],
    ['mysql', 'currentSchema=canary', ['one of an unknown name']],
    ['postgresql', 'allowPublicKeyRetrieval=false', ['allowPublicKeyRetrieval']],
  ])('jdbc:%s with %s tells what it does not use', (dialect, query, unused) => {
    expect(parseJdbcUrl(`jdbc:${dialect}://db/k?${query}`)).toMatchObject({ unused });
  });

  it.each([
    [
      'postgresql',
      'socketFactory=com.google.cloud.sql.postgres.SocketFactory&cloudSqlInstance=canary',
      /socketFactory, .*Auth Proxy/,
    ],
    ['postgresql', 'cloudsqlinstance=canary', /cloudsqlinstance, /],
    ['mysql', 'cloudSqlInstance=canary', /cloudSqlInstance, /],
    ['postgresql', 'enableIamAuth=true', /enableIamAuth, /],
    ['mariadb', 'localSocket=/canary', /localSocket, .*host and port/],
    ['mariadb', 'credentialType=AWS-IAM', /credentialType, .*username and password/],
    ['mysql', 'authenticationPlugins=canary', /authenticationPlugins, /],
    ['mysql', 'defaultAuthenticationPlugin=canary', /defaultAuthenticationPlugin, /],
    ['postgresql', 'authenticationPluginClassName=canary', /authenticationPluginClassName, /],
    ['postgresql', 'sslfactory=canary', /sslfactory, .*PEM/],
    ['postgresql', 'channelBinding=require', /channelBinding, /],
    ['postgresql', 'gssEncMode=require', /gssEncMode, /],
    ['postgresql', 'targetServerType=primary', /targetServerType, /],
    ['postgresql', 'readOnly=true', /readOnly, /],
    ['mysql', 'trustCertificateKeyStoreUrl=file:/canary', /trustCertificateKeyStoreUrl, .*PEM by serverSslCert/],
    ['mysql', 'clientCertificateKeyStoreUrl=file:/canary', /clientCertificateKeyStoreUrl, .*PEM by sslcert and sslkey/],
    ['mysql', 'clientCertificateKeyStoreType=PKCS12', /clientCertificateKeyStoreType, .*openssl pkcs12/],
    ['mysql', 'clientCertificateKeyStorePassword=canary', /clientCertificateKeyStorePassword, .*sslkey/],
    ['mysql', 'fallbackToSystemKeyStore=true', /fallbackToSystemKeyStore, .*sslkey/],
    ['mariadb', 'keyStore=/canary', /keyStore, .*PEM by sslcert and sslkey/],
    ['mariadb', 'keyStorePassword=canary', /keyStorePassword, .*sslkey/],
    ['mariadb', 'keyPassword=canary', /keyPassword, .*sslkey/],
    ['mariadb', 'trustStore=/canary', /trustStore, .*PEM by serverSslCert/],
    ['mariadb', 'sslMode=verify-full&serverSslCert=classpath:canary', /serverSslCert in a class path/],
    ['mariadb', 'sslMode=trust&sslcert=/canary', /both sslcert and sslkey/],
    ['mysql', 'sslcert=/canary&sslkey=/canary', /shown to nobody/],
    ['mysql', 'tlsVersions=TLSv1.3', /tlsVersions, /],
    ['mysql', 'allowPublicKeyRetrieval=false', /allowPublicKeyRetrieval=false/],
    ['mysql', 'sslcanary=true', /not supported: Coffer does not know it/],
    ['mysql', 'useSSL=false&verifyServerCertificate=yes', /gives less/],
    ['mysql', 'sslMode=PREFERRED&requireSSL=true', /gives less/],
    ['mysql', 'useSSL=canary', /useSSL, which must be true or false/],
    ['mysql', 'requireSSL=on', /requireSSL, which must be true or false/],
    ['mysql', 'sslmode=verify-full', /must be one of disabled, preferred/],
    ['mariadb', 'serverSslCert=/canary', /without sslMode=verify-full/],
    ['postgresql', 'sslmode=require&sslrootcert=/canary', /without sslmode=verify-full/],
    ['postgresql', 'sslmode=disable&ssl=true', /leave one of them out/],
    ['postgresql', 'sslmode=disable&SSLMODE=verify-full', /twice/],
    ['postgresql', 'sslmode=require&sslcert=/canary', /both sslcert and sslkey/],
    ['postgresql', 'sslcert=/canary&sslkey=/canary', /shown to nobody/],
    ['mariadb', 'useSsl=true&sslMode=disable', /useSsl=true and sslMode=disable: leave one of them out/],
    ['postgresql', 'sslmode=require&sslpassword=canary', /sslpassword without sslkey/],
    ['postgresql', 'password1=canary', /password1, .*not supported/],
    ['mysql', '!sslcanary=1', /has a name that is none, a parameter of mysql/],
    ['mysql', 'sslcanary!=1', /has a name that is none, a parameter of mysql/],
    ['postgresql', 'currentSchema=a,canary', /has currentSchema, which must name one schema/],
    ['postgresql', 'currentSchema=a%22canary%22', /must name one schema/],
    ['postgresql', 'currentSchema=%22a%22canary', /must name one schema/],
    ['postgresql', "options=-c search_path=canary'a'", /has search_path in options, which must name one schema/],
    ['postgresql', "options=-c search_path='a'canary", /must name one schema/],
    ['postgresql', 'options=x-csearch_path=canary', /must be -c search_path/],
    ['postgresql', 'options=-c', /must be -c search_path/],
    ['postgresql', 'currentSchema=%22$user%22', /must name one schema/],
    ['postgresql', 'options=-c statement_timeout=9 -c search_path=a', /options other than search_path/],
    ['postgresql', 'options=canary', /must be -c search_path/],
    ['postgresql', 'currentSchema=a&options=-c search_path=canary', /another search_path/],
    ['postgresql', 'password=p&canary', /without a value/],
  ])('refuses jdbc:%s with %s, which must not be ignored', (dialect, query, message) => {
    const refused = refusal(() => parseJdbcUrl(`jdbc:${dialect}://db/k?${query}`));
    expect(refused).toMatch(message);
    expect(refused.replaceAll(/sslcanary/g, '')).not.toContain('canary');
  });

  it.each([
    ...['INIT=RUNSCRIPT FROM canary', 'SCHEMA=canary', 'AUTO_SERVER=TRUE', 'AUTHREALM=canary'],
    ...['INIT=canary no', 'INIT=no canary'],
  ])('refuses jdbc:h2:file: with %s', (setting) => {
    const refused = refusal(() => parseJdbcUrl(`jdbc:h2:file:/d;${setting}`));
    expect(refused).toMatch(/a setting of H2 that Coffer does not serve/);
    expect(refused).not.toContain('canary');
  });

  it.each([
    ['jdbc:h2:file:/data/kestra', '/data/kestra', []],
    ['jdbc:h2:./kestra;MODE=PostgreSQL', './kestra', ['MODE']],
    ['jdbc:h2:~/kestra;db_close_delay=-1;', '~/kestra', ['DB_CLOSE_DELAY']],
    ['jdbc:h2:/d;A=1;AUTO_SERVER=false', '/d', ['one of an unknown name', 'one of an unknown name']],
    ...['tcp', 'mem', 'zip', 'pg', 'file'].map((mode): [string, string, string[]] => [
      `jdbc:h2:/d/${mode}:x`,
      `/d/${mode}:x`,
      [],
    ]),
  ])('reads the H2 file %s', (url, path, unused) => {
    expect(parseJdbcUrl(url)).toStrictEqual({ dialect: 'h2', mode: 'file', path, unused });
  });

  it.each([
    ['jdbc:h2:pg://db.internal:9092/coffer', 'db.internal', 9092],
    ['jdbc:h2:pg://db.internal/coffer;IFEXISTS=TRUE', 'db.internal', 5435],
  ])('%s names the PostgreSQL-protocol server that comes with H2', (text, host, port) => {
    expect(parseJdbcUrl(text)).toMatchObject({ dialect: 'h2', mode: 'server', host, port, database: 'coffer' });
  });

  it('takes USER and PASSWORD out of the H2 settings', () => {
    expect(parseJdbcUrl('jdbc:h2:file:/d; USER =sa; ')).toMatchObject({ username: 'sa', unused: [] });
    const url = parseJdbcUrl('jdbc:h2:file:/d;USER=sa;PASSWORD=canary');
    expect(url).toMatchObject({ username: 'sa', unused: [] });
    expect(url.password?.reveal()).toBe('canary');
  });

  it.each([
    ['jdbc:h2:tcp://localhost/~/canary', /no Node client speaks: give the database file as jdbc:h2:file:PATH/],
    ['jdbc:h2:ssl://localhost/~/canary', /no Node client speaks/],
    ['jdbc:h2:mem:canary;DB_CLOSE_DELAY=-1', /loses every secret .* jdbc:h2:file:PATH/],
    ['jdbc:h2:zip:~/canary.zip!/test', /file system/],
    ['jdbc:h2:nioMapped:/canary', /file system/],
    ['jdbc:h2:nio:/canary', /file system/],
    ['jdbc:h2:pg://h/d/canary', /must be jdbc:h2:pg:\/\/HOST:PORT\/DATABASE/],
    ['https://jdbc:h2:file:/canary', /must begin with jdbc:postgresql:/],
    ['jdbc:mysql://me@canary', /must name one database/],
    ['jdbc:mysql://me:canary%@db/kestra', /%25/],
    ['jdbc:postgresql://db/canary%', /%25/],
    ['jdbc:h2:file:', /names no database file/],
    ['jdbc:h2:pg://canary', /must be jdbc:h2:pg:\/\/HOST:PORT\/DATABASE/],
    ['jdbc:h2:file:/x;CIPHER=AES;PASSWORD=canary', /encrypted H2 file/],
    ['jdbc:h2:file:/x;canary', /NAME=VALUE/],
    ['jdbc:oracle:thin:@canary', /must begin with jdbc:postgresql:/],
    ['postgres://me:canary@db/kestra', /must begin with jdbc:postgresql:/],
    ['jdbc:postgresql://one,canary/kestra', /several servers/],
    ['jdbc:postgresql://canary', /must name one database/],
    ['jdbc:postgresql://db/a/canary', /must name one database/],
    ['jdbc:postgresql://db:canary/kestra', /has a port that is not a number/],
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
