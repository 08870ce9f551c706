import type { Configuration } from '@coffer/config';
import type { ServiceContext } from '../service-process.js';
import { ListenerTls, type ListenerTlsParts } from './listener-tls.js';
import { TlsWatch } from './tls-watch.js';

export interface OpenedTls {
  /** `undefined` for plain HTTP. */
  readonly tls: ListenerTls | undefined;
  /** Stops looking for changes. */
  stop(): void;
}

/** The TLS of a process's own port, as `coffer.server.tls` says, with a watch over its files. */
export const openListenerTls = ({
  configuration: { server },
  reloadTls,
  ...parts
}: ListenerTlsParts & {
  readonly configuration: Pick<Configuration, 'server'>;
  /** Without it changes do not count. */
  readonly reloadTls: ServiceContext['reloadTls'] | undefined;
}): OpenedTls => {
  if (server.tls === undefined) return { tls: undefined, stop: () => undefined };
  const tls = new ListenerTls(server.tls, parts);
  const watch = reloadTls && new TlsWatch({ ...parts, tls, reload: reloadTls });
  return { tls, stop: () => watch?.stop() };
};
