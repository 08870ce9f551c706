import { useI18n } from 'vue-i18n';

/** Those that are searched for most, beside what anybody types. */
export const ACTIONS = [
  ...['secret.read', 'secret.list', 'secret.write', 'secret.update', 'secret.delete', 'secret.plan', 'secret.compare'],
  ...['cache.drop', 'drift.ignore', 'drift.regard', 'session.sign-in', 'session.sign-out'],
  ...['access.break-glass', 'dead-letter.replay', 'dead-letter.discard'],
] as const;

/** What records of the audit say, in the language of the page; what is not known here stays as the record has it. */
export const useAuditWords = () => {
  const { t, te } = useI18n();
  const wordFor = (name: string, said: string): string => (te(name) ? t(name) : said);
  return {
    actionOf: ({ action }: { readonly action: string }): string => wordFor(`auditAction.${action}`, action),
    decisionOf: ({ decision }: { readonly decision: string }): string =>
      wordFor(`audit.decisions.${decision}`, decision),
    outcomeOf: ({ outcome }: { readonly outcome: string }): string => wordFor(`audit.outcomes.${outcome}`, outcome),
  };
};
