import 'reflect-metadata';
import { loadConfiguration, type Configuration } from '@coffer/config';
import { createLogger, errorForLog } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import { HELP, readCommandLine } from './command-line.js';
import { DataFolder } from './data-folder/data-folder.js';
import { composeStandalone, type Standalone } from './standalone.js';
import { VERSION } from './version.js';
import { watchAccess } from './watch-access.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** An address that a browser on this machine can open. */
const addressOf = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
};

const listen = async ({ app }: Standalone, host: string, port: number): Promise<number> => {
  try {
    await app.listen(port, host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CofferError('configuration', `port ${port} is in use; stop what listens there, or set COFFER_PORT`);
  }
  const address = app.getHttpServer().address();
  return typeof address === 'object' && address !== null ? address.port : port;
};

const endOnSignals = (close: () => Promise<void>): void => {
  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
};

const start = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  const { help, port, dataFolder } = readCommandLine(argv, process.env);
  if (help) return void process.stdout.write(HELP);
  const load = (): Configuration => loadConfiguration({ argv });
  const configuration = load();
  const logger = createLogger(configuration.log.level);
  for (const notice of configuration.notices) logger.warn(notice);
  const folder = DataFolder.open(dataFolder);
  const standalone = await composeStandalone({
    configuration,
    folder,
    logger,
    version: VERSION,
    showToken: (token) => say(`access token: ${token}`),
  });
  const { host } = configuration.server;
  const bound = await listen(standalone, host, port ?? configuration.server.port);
  const { file } = configuration;
  const unwatch = file === undefined ? undefined : watchAccess(file, load, standalone.replaceAccess, logger);
  endOnSignals(async () => {
    unwatch?.();
    await standalone.close();
  });
  await standalone.health.allUp();
  logger.info({ generation: folder.generation, dataFolder: folder.path }, 'ready');
  say(`ready ${addressOf(host, bound)}`);
};

start().catch((error: unknown) => {
  const known = CofferError.is(error);
  process.stderr.write(
    known ? `coffer: ${error.message}\n` : `coffer: could not start: ${JSON.stringify(errorForLog(error))}\n`,
  );
  process.exit(1);
});
