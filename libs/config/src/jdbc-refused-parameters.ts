import type { NetworkJdbcUrl } from './jdbc-address.js';
import type { JdbcParameters } from './jdbc-parameters.js';
import { refuseUrl } from './jdbc-refusal.js';

type Dialect = NetworkJdbcUrl['dialect'];

const PROXY = 'run the proxy of the cloud (Cloud SQL Auth Proxy, for instance) and name its host and port';
const NETWORK = 'name the host and port of the server in the address';
const PEM = 'give files in PEM by sslrootcert (serverSslCert), sslcert and sslkey';
const CONVERT = 'a key store of Java is not read: convert it with openssl pkcs12 (a JKS file first with keytool)';
const CLIENT_STORE = `${CONVERT} and give the files in PEM by sslcert and sslkey`;
const TRUST_STORE = `${CONVERT} and give the file in PEM by serverSslCert (PostgreSQL: sslrootcert)`;
const LOG_IN = 'Coffer logs in by username and password or by the certificate of sslcert';
const SERVER = 'set it in the database, by ALTER ROLE … SET or ALTER DATABASE … SET';

/**
 * Parameters of the drivers that decide where the secrets lie, as whom they are reached or how safe that is, and of which
 * Coffer's clients know nothing. Names in lower case: a name, or the begin of one before `*`.
 */
const REFUSED: readonly (readonly [names: string, instead: string])[] = [
  ['socketfactory* cloudsql* iptypes enableiamauth unixsocketpath ipt* cloudsqlrefreshstrategy', PROXY],
  ['localsocket* localsocketaddress namedpipepath pipe socketpath hostaddr pghost pgport pgdbname service', NETWORK],
  ['socksproxy* dnssrv addresses hamode', NETWORK],
  ['clientcertificatekeystore* keystore* keypassword fallbacktosystemkeystore', CLIENT_STORE],
  ['trustcertificatekeystore* truststore* fallbacktosystemtruststore', TRUST_STORE],
  ['sslfactory* sslhostnameverifier sslpasswordcallback sslcontextprovider tlssockettype serverrsapublickeyfile', PEM],
  ['authentication* defaultauthenticationplugin disabledauthenticationplugins restrictedauth credentialtype', LOG_IN],
  ['useawsiam wrapperplugins password2 password3 passwordcharacterencoding ocicon* ldapserverhostname', LOG_IN],
  [
    'gsslib gssusedefaultcreds jaas* krb* kerberosservername sspiserviceclass usespnego requireauth require_auth',
    LOG_IN,
  ],
  ['openidconnect* idtoken* accesstoken* passfile requiressl_* channelbindingtype', LOG_IN],
  ['targetservertype assurereadonly replication sessionvariables initsql connectioninitsql', SERVER],
  ['propertiestransform useconfigs connectionlifecycleinterceptors queryinterceptors', SERVER],
];
const REASONS = new Map(
  REFUSED.flatMap(([names, instead]) => names.split(' ').map((name) => [name, instead] as const)),
);

/** What is about protection or identity by its name, whatever driver knows it. */
const ABOUT_SAFETY = /ssl|tls|cert|cipher|encrypt|kerberos|gss|iam|authent|password|secret|token|channelbinding/;

/** Asks for no more than what is given in any case. */
const HARMLESS: Readonly<Record<string, ReadonlySet<string>>> = {
  channelbinding: new Set(['disable', 'prefer', 'allow']),
  gssencmode: new Set(['disable', 'allow', 'prefer']),
  sslnegotiation: new Set(['postgres']),
  targetservertype: new Set(['any', 'preferprimary', 'prefersecondary', 'preferslave']),
  readonly: new Set(['false']),
  allowpublickeyretrieval: new Set(['true']),
  sslfactory: new Set(['org.postgresql.ssl.libpqfactory']),
  replication: new Set(['false']),
  assurereadonly: new Set(['false']),
  passwordcharacterencoding: new Set(['utf-8', 'utf8']),
  gssusedefaultcreds: new Set(['false']),
  jaaslogin: new Set(['false']),
  usespnego: new Set(['false']),
  enableiamauth: new Set(['false']),
};
/** Another parameter within a value: whoever wrote it expects it to count. */
const JOINED = /[;,?]\s*[A-Za-z_][\w.]*=/;
/** Limits of TLS that Node keeps by itself: 1.2 and newer. */
const TLS_VERSIONS: ReadonlySet<string> = new Set(['tlsversions', 'enabledtlsprotocols', 'enabledsslprotocolsuites']);

const isHarmless = (name: string, value: string): boolean => {
  const values = value.toLowerCase();
  if (TLS_VERSIONS.has(name)) return values.split(',').some((version) => version.trim() === 'tlsv1.2');
  return HARMLESS[name]?.has(values) ?? false;
};

const reasonOf = (name: string): string | undefined => {
  const exact = REASONS.get(name);
  if (exact !== undefined) return exact;
  for (const [begin, instead] of REASONS) {
    if (begin.endsWith('*') && name.startsWith(begin.slice(0, -1))) return instead;
  }
  return ABOUT_SAFETY.test(name) || name === 'readonly' ? 'Coffer does not know it' : undefined;
};

/** Parameters of the three drivers, in lower case, that tune the driver itself or that Coffer settles in its own way. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['applicationname', 'preparethreshold', 'prepareddatabasecachequeries', 'preparedstatementcachequeries'],
  ...['preferquerymode', 'binarytransfer', 'rewritebatchedinserts', 'rewritebatchedstatements', 'autosave'],
  ...['connecttimeout', 'sockettimeout', 'logintimeout', 'cancelsignaltimeout', 'tcpkeepalive', 'tcpnodelay'],
  ...['tcprcvbuf', 'tcpsndbuf', 'assumeminserverversion', 'stringtype', 'defaultrowfetchsize', 'loglevel'],
  ...['loadbalancehosts', 'hostrecheckseconds', 'readonly', 'readonlymode', 'logservererrordetail', 'charset'],
  ...['characterencoding', 'useunicode', 'connectioncollation', 'servertimezone', 'connectiontimezone'],
  ...['forceconnectiontimezonetosession', 'uselegacydatetimecode', 'usejdbccomplianttimezoneshift'],
  ...['cacheprepstmts', 'prepstmtcachesize', 'prepstmtcachesqllimit', 'useserverprepstmts', 'autoreconnect'],
  ...['maxreconnects', 'failoverreadonly', 'zerodatetimebehavior', 'tinyint1isbit', 'nullcatalogmeanscurrent'],
  ...['allowmultiqueries', 'allowloadlocalinfile', 'createdatabaseifnotexist', 'useinformationschema', 'timezone'],
  ...['usecompression', 'useaffectedrows', 'maxallowedpacket', 'profilesql', 'logger', 'connectionattributes'],
  ...['uselocalsessionstate', 'elidesetautocommits', 'cacheserverconfiguration', 'maintaintimestats'],
]);

/**
 * The names of the parameters that change nothing here. Throws `configuration` for one that must not be ignored: who wrote
 * it expects another server, another user or more protection than there would be.
 */
export const unusedParameters = (dialect: Dialect, parameters: JdbcParameters): readonly string[] =>
  parameters.rest.map(({ name, value, written }) => {
    // Other clients of the same servers write the same names with `_` between their words.
    const key = name.toLowerCase().replaceAll('_', '');
    if (JOINED.test(written)) {
      throw refuseUrl(
        'has parameters that are joined by something else than &: write a ; or , within a value as %3B or %2C',
      );
    }
    const reason = isHarmless(key, value) ? undefined : (reasonOf(name.toLowerCase()) ?? reasonOf(key));
    const known = KNOWN.has(key) || TLS_VERSIONS.has(key) || HARMLESS[key] !== undefined;
    if (reason === undefined) return known ? name : 'one of an unknown name';
    throw refuseUrl(`has ${shown(name)}, a parameter of ${dialect} that is not supported: ${reason}`);
  });

/** Who forgets to write & as %26 in a password makes a part of it a name, which is not repeated. */
const shown = (name: string): string => (/^[A-Za-z][A-Za-z0-9_]{1,60}$/.test(name) ? name : 'a name that is none');
