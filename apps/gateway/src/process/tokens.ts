/**
 * Nest's injection tokens for what a process opens before its gateway starts and for which no class of its own stands.
 * The classes `AuditTrail`, `Authenticator`, `ElapsedTime`, `KeyRing`, `MessageSealer`, `Metrics` and `ThrottledLogger`, for what callers
 * can cause any number of times, are tokens themselves.
 */
export const ACCESS_STATE = Symbol('AccessWatch, or undefined');
export const CACHE_PARTS = Symbol('CacheParts, or undefined');
export const CATALOGUE_SETTINGS = Symbol("Configuration['catalogue']");
export const CLOCK = Symbol('Clock');
export const LIMITS = Symbol('LimitsConfiguration');
export const LOGGER = Symbol('Logger');
export const MESSAGING = Symbol('Messaging');
export const PROBE_SETTINGS = Symbol("Configuration['probe']");
export const PUBLIC_URL = Symbol('where browsers reach the gateway, or undefined');
export const STORE_HEALTH = Symbol('StoreHealth');
export const STORES = Symbol('StoreRegistry');
export const TIMING = Symbol('Timing');
export const TRACES = Symbol('Traces');
export const TRUSTED_PROXIES = Symbol('addresses and blocks of trusted proxies');
export const WEBHOOK_SETTINGS = Symbol("Configuration['webhooks']");
export const VAULT_API = Symbol('VaultApiConfiguration');
export const VERSION = Symbol('version');
