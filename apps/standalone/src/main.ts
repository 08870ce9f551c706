import 'reflect-metadata';
import { addressOf, listenOn, portOf, runService, print, VERSION } from '@coffer/service';
import { isCollected, standardOutput } from './collected-output.js';
import { HELP } from './help.js';
import { DataFolder } from './data-folder/data-folder.js';
import { composeStandalone } from './standalone.js';

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
    await listenOn(port, () => app.listen(port, host));
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
