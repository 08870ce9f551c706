import { CONFIGURATION_HELP } from '@coffer/service';

export const HELP = `Coffer in one process: API, worker and coordinator, with nothing else to install.

Usage: npm start [-- --config FILE]

${CONFIGURATION_HELP}
Without kestra.secret the secrets are kept in an embedded database in the data folder.

The first start of a folder prints an access token that may do everything, and keeps it in the
folder's file first-start-token; into a journal or a container's log it is not printed. It counts until coffer.access
names somebody who administers all namespaces, or until the command: coffer token revoke-first.

Environment:
  COFFER_PORT       where to listen, default 8080
  COFFER_DATA_DIR   data folder, default ./data
`;
