import { may, visibleNamespace, type Principal } from '@coffer/access';
import { AuditFileSearch, AuditTrail, type AuditMatches, type AuditRow } from '@coffer/audit';
import { KeyRing } from '@coffer/crypto';
import { CofferError, isWithinNamespace } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { hmacText } from '../http/hooks/audit-hook.js';
import type { PageNumber } from '../http/request/paging.js';
import { fieldsOf, parseFilters, predicateOf } from '../secrets/filters/index.js';
import { hashForAudit, searchAudit, searchAuditLogs } from './audit.endpoints.js';
import { kestraRecordOf } from './kestra-record.js';

type Row = AuditRow & { readonly hash?: string };
type Matches = (row: AuditRow) => boolean;

const NO_STORE = { 'cache-control': 'no-store' };

/** Records of no namespace are for who administers the whole tenant. */
const visibleTo = (principal: Principal, tenant: string): Matches => {
  const inNamespace = visibleNamespace(principal, 'admin', tenant);
  const everywhere = may(principal, 'admin', tenant);
  return ({ namespace }) => (namespace === undefined ? everywhere : inNamespace(namespace));
};

/**
 * A read of what a parent's namespace holds is shown to who administers the child alone without what it says about the
 * parent's secret.
 */
const shownTo = (principal: Principal, tenant: string): ((row: Row) => AuditRow) => {
  const inNamespace = visibleNamespace(principal, 'admin', tenant);
  return ({ hash: _hash, ...row }) => {
    if (row.foundIn === undefined || inNamespace(row.foundIn)) return row;
    const { foundIn: _foundIn, version: _version, hmac: _hmac, secrets: _secrets, ...shown } = row;
    return shown;
  };
};

/** What a record may say of one of several secrets in place of the whole. */
const isOfMember = (row: AuditRow, name: string, wanted: string): boolean =>
  (name === 'key' || name === 'hmac') && row.secrets?.some((secret) => secret[name] === wanted) === true;

const matchesOf = ({ query }: Call<typeof searchAudit>): Matches => {
  const { namespace, from, to, page: _page, size: _size, ...equal } = query;
  const [begin, end] = [from, to].map((time) => (time === undefined ? undefined : Date.parse(time)));
  const wanted = Object.entries(equal).filter(([, value]) => value !== undefined) as [keyof typeof equal, string][];
  return (row) =>
    wanted.every(([name, value]) => row[name] === value || isOfMember(row, name, value)) &&
    (namespace === undefined || (row.namespace !== undefined && isWithinNamespace(row.namespace, namespace))) &&
    (begin === undefined || Date.parse(row.time) >= begin) &&
    (end === undefined || Date.parse(row.time) < end);
};

/** What filters of Kestra's form may look at; `q` is the key as well. */
const RECORD_FIELDS: readonly string[] = ['namespace', 'key', 'q'];

/** Looking for records, for those who administer their namespace. */
@Controller()
export class AuditController {
  readonly #search: AuditFileSearch | undefined;

  constructor(
    @Inject(AuditTrail) { file }: Pick<AuditTrail, 'file'>,
    @Inject(KeyRing) private readonly ring: Pick<KeyRing, 'activeId' | 'ids' | 'hmacWith'>,
  ) {
    this.#search = file === undefined ? undefined : new AuditFileSearch(file);
  }

  @Endpoint(searchAudit)
  async search(call: Call<typeof searchAudit>): Promise<Answer<typeof searchAudit>> {
    const { rows, total } = await this.find(call, matchesOf(call));
    return { status: 200, headers: NO_STORE, body: { results: [...rows], total } };
  }

  @Endpoint(searchAuditLogs)
  async searchLogs(call: Call<typeof searchAuditLogs>): Promise<Answer<typeof searchAuditLogs>> {
    const filter = parseFilters(call.filters);
    if (!fieldsOf(filter).every((field) => RECORD_FIELDS.includes(field))) {
      throw new CofferError('invalid', `invalid filter: records of the audit have ${RECORD_FIELDS.join(', ')} alone`);
    }
    const predicate = predicateOf(filter);
    const matches: Matches = ({ namespace = '', key = '' }) => predicate({ namespace, key, tags: [] });
    const { rows, total } = await this.find(call, matches);
    return { status: 200, headers: NO_STORE, body: { results: rows.map(kestraRecordOf), total } };
  }

  @Endpoint(hashForAudit)
  async hash({ tenant, body }: Call<typeof hashForAudit>): Promise<Answer<typeof hashForAudit>> {
    const { activeId, ids } = this.ring;
    const keys = [activeId, ...ids.filter((id) => id !== activeId)];
    const hmacs = keys.map((id) => hmacText(id, this.ring.hmacWith(id, 'audit-hmac', tenant, body.value)));
    return { status: 200, headers: NO_STORE, body: { hmacs } };
  }

  private async find(
    { principal, tenant, query }: { principal: Principal; tenant: string; query: PageNumber },
    matches: Matches,
  ): Promise<AuditMatches> {
    if (this.#search === undefined) {
      throw new CofferError(
        'not-found',
        'this gateway keeps no records that could be searched: coffer.audit.sinks has none of type file',
      );
    }
    const visible = visibleTo(principal, tenant);
    const shown = shownTo(principal, tenant);
    const { page, size } = query;
    const { rows, total } = await this.#search.search({
      tenant,
      // What is not shown cannot be found either.
      matches: (row) => visible(row) && matches(shown(row)),
      skip: (page - 1) * size,
      take: size,
    });
    return { rows: rows.map(shown), total };
  }
}
