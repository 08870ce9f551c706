import { withoutBlanksAround } from './address/address.js';
import type { JdbcUrl, NetworkJdbcUrl } from './jdbc-address.js';
import { parseH2Url } from './jdbc-h2-url.js';
import { parseNetworkUrl } from './jdbc-network-url.js';
import { refuseUrl } from './jdbc-refusal.js';

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b\u2028\u2029\u2060\ufeff]/;

/** Throws `configuration`; the message continues a sentence that begins with the setting's path. */
export const parseJdbcUrl = (text: string): JdbcUrl => {
  const url = withoutBlanksAround(text);
  const [, dialect, rest] = /^jdbc:(postgresql|mysql|mariadb|h2):(.*)$/s.exec(url) ?? [];
  if (rest === undefined) {
    throw refuseUrl('must begin with jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb: or jdbc:h2:');
  }
  if (UNSEEN.test(url)) {
    throw refuseUrl('has a line break, another control character or one of no width within');
  }
  if (dialect === 'h2') return parseH2Url(rest);
  return parseNetworkUrl(dialect as NetworkJdbcUrl['dialect'], rest);
};
