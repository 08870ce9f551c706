import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { addressOf, CONFIGURATION_HELP, listenOn, portOf, runService, print, VERSION } from '@coffer/service';
import { isCollected, standardOutput } from './collected-output.js';
import { DataFolder } from './data-folder/data-folder.js';
import { composeStandalone } from './standalone.js';

const HELP = `Coffer in one process: API, worker and coordinator, with nothing else to install.

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

// V8 lets a heap on a large machine grow to several times of what is alive before it collects. One process that runs on a
// laptop collects when a third was added; measured: 337 MB instead of 406 at 1,000 writes a second, which are as many.
setFlagsFromString('--heap-growing-percent=30');

void runService({
  name: 'standalone',
  help: HELP,
  start: async ({ configuration, logger, ...again }) => {
    const { host, port: configured } = configuration.server;
    const port = portOf(process.env, configured);
    const folder = DataFolder.open(process.env['COFFER_DATA_DIR'] || './data', configuration.messaging.generation);
    const { app, health, close } = await composeStandalone({
      configuration,
      folder,
      logger,
      again,
      version: VERSION,
      showToken: (token, file) =>
        print(isCollected(standardOutput()) ? `the access token is in ${file}` : `access token: ${token}`),
    });
    await listenOn({ host, port }, (address) => app.listen(port, address));
    return {
      ready: async () => {
        await health.allUp();
        logger.info({ generation: folder.generation, dataFolder: folder.path }, 'ready');
        return addressOf(app.getHttpServer());
      },
      close,
    };
  },
});
