import type { Permission, Principal } from '@coffer/access';
import type { ReadService } from '../reads/read-service.js';
import type { WriteService } from '../writes/write-service.js';

/** What a request says about who sent it. */
export interface Credentials {
  readonly authorization?: string;
  readonly cookie?: string;
  /** The peer's address, by which failed logins are throttled. */
  readonly address: string;
}

export interface Authenticator {
  /** Throws `unauthorized` for absent or wrong credentials, without saying which part was wrong. */
  authenticate(credentials: Credentials): Promise<Principal>;
}

/** Who may do what; default deny. */
export interface Permissions {
  may(principal: Principal, permission: Permission, tenant: string, namespace: string): boolean;
  /** Whether there is any namespace of the tenant, written to or not, where the principal has the permission. */
  mayAnywhere(principal: Principal, permission: Permission, tenant: string): boolean;
  visibleNamespace(principal: Principal, permission: Permission, tenant: string): (namespace: string) => boolean;
}

/** One answer of the health page: `details` holds names and states, never an address with credentials. */
export interface HealthState {
  readonly ok: boolean;
  readonly details?: Readonly<Record<string, string>>;
}

export interface Health {
  /** The process runs and its event loop turns. */
  live(): HealthState;
  readyReads(): HealthState;
  readyWrites(): HealthState;
}

export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The part of pino's interface that the HTTP layer uses. */
export interface HttpLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Everything that the HTTP layer asks of the rest of the gateway. */
export interface HttpDependencies {
  readonly reads: ReadService;
  readonly writes: WriteService;
  readonly authenticator: Authenticator;
  readonly permissions: Permissions;
  readonly health: Health;
  readonly metrics: MetricsText;
  readonly logger: HttpLogger;
  readonly version: string;
}

/** Nest's injection token for `HttpDependencies`. */
export const HTTP_DEPENDENCIES = Symbol('HTTP_DEPENDENCIES');
