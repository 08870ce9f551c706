import type { JdbcUrl, NetworkJdbcUrl } from './jdbc-address.js';
import { parseH2Url } from './jdbc-h2-url.js';
import { parseNetworkUrl } from './jdbc-network-url.js';
import { refuseUrl } from './jdbc-refusal.js';

/** Throws `configuration`; the message continues a sentence that begins with the setting's path. */
export const parseJdbcUrl = (text: string): JdbcUrl => {
  const [, dialect, rest] = /^jdbc:(postgresql|mysql|mariadb|h2):(.*)$/s.exec(text.trim()) ?? [];
  if (rest === undefined) {
    throw refuseUrl('must begin with jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb: or jdbc:h2:');
  }
  if (dialect === 'h2') return parseH2Url(rest);
  return parseNetworkUrl(dialect as NetworkJdbcUrl['dialect'], rest);
};
