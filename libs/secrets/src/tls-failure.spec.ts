import { tlsAdvice } from './tls-failure.js';

const NAMES = { authority: 'x.ca', address: 'x.url', certificate: 'x.cert' };

it.each([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'x.ca'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'x.ca'],
  ['CERT_HAS_EXPIRED', 'x.ca'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'x.url'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'x.url'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'x.cert'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'x.cert'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'x.cert has expired'],
])('%s names the setting %s', (code, words) => {
  expect(tlsAdvice(code, NAMES)).toContain(words);
});

it.each(['ECONNREFUSED', 'toString', undefined, 7])('%s says nothing of TLS', (code) => {
  expect(tlsAdvice(code, NAMES)).toBeUndefined();
});
