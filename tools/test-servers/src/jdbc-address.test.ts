import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jdbcAddress } from './jdbc-address.ts';

const of = (url: string, schemes: string[]) => jdbcAddress({ COFFER_TEST_JDBC_URL: url }, schemes);

test('user and password are written in front of the host', () => {
  const url = 'jdbc:mariadb://db.example:3307/coffer?user=a%40b&password=p%2Fw%26x';
  assert.equal(of(url, ['mysql', 'mariadb']), 'mysql://a%40b:p%2Fw%26x@db.example:3307/coffer');
  assert.equal(of('jdbc:postgresql://u:p@db/coffer', ['postgresql']), 'postgresql://u:p@db/coffer');
});

test('a server of another kind is none', () => {
  assert.equal(of('jdbc:postgresql://db/coffer', ['mysql', 'mariadb']), undefined);
  assert.equal(jdbcAddress({}, ['mysql']), undefined);
});

test('what is no such address is said', () => {
  assert.throws(() => of('postgresql://db/coffer', ['postgresql']), /COFFER_TEST_JDBC_URL is not of the form jdbc:/);
  assert.throws(
    () => of('jdbc:sqlserver://db/coffer', ['postgresql']),
    /is not of the form jdbc:{postgresql,mysql,mariadb}:/,
  );
});
