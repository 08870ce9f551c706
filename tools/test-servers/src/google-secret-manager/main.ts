import { readFileSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { controlDefinition, controlHandlers } from './control.ts';
import { SecretManager, definition } from './service.ts';

// node main.ts PORT PASSWORD-FILE: serves on 127.0.0.1, without TLS, and keeps everything in memory.
const [port, passwordFile = ''] = process.argv.slice(2);
const password = readFileSync(passwordFile, 'utf8').trim();

const manager = new SecretManager();
const server = new Server();
server.addService(definition, manager.handlers());
server.addService(controlDefinition, controlHandlers(manager, password));
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (!error) return;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
process.once('SIGTERM', () => server.forceShutdown());
