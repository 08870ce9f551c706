import { CONFIGURATION_HELP } from '@coffer/service';

export const HELP = `Coffer in one process: API, worker and coordinator, with nothing else to install.

Usage: npm start [-- --config FILE]

${CONFIGURATION_HELP}
Without kestra.secret the secrets are kept in an embedded database in the data folder.

Environment:
  COFFER_PORT       where to listen, default 8080
  COFFER_DATA_DIR   data folder, default ./data
`;
