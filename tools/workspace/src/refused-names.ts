/**
 * Names that this project once had and has no more, with the field's own word for each: see the glossary in CONTRIBUTING.md.
 * A name is refused also as a part of a longer one (`isToldAgain`).
 */
export const REFUSED_NAMES: Readonly<Record<string, string>> = {
  abreast: 'caughtUp',
  AGAIN: 'RETRY_DELAYS_MS',
  atHand: 'cached',
  beforeText: 'onScrape',
  buried: 'deadLettered',
  bury: 'deadLetter',
  burying: 'deadLettering',
  Deed: 'DeadLetterAction',
  Dice: 'SeededRandom',
  distrust: 'markSuspect',
  FAREWELL: 'DRAIN_TIMEOUT_MS',
  gave: 'isOffsetOf',
  inHand: 'inFlight',
  inParallel: 'mapConcurrent',
  LastingConsumer: 'ReconnectingConsumer',
  letter: 'deadLetter, character',
  Lookout: 'LeakScanner',
  Mortal: 'KillableServer',
  PATIENCE: '…_TIMEOUT_MS',
  PolicedService: 'PolicyProxy',
  Reaching: 'OffsetWaiter',
  SecretChanger: 'SecretWriter',
  Seldom: 'ThrottledLogger',
  SharedCall: 'CoalescedCall',
  stranger: 'externalClient',
  Tenure: 'PartitionAssignment',
  told: 'notified, reported',
  twins: 'duplicates',
  victim: 'target',
  Whereabouts: 'SecretLocator',
  withinCall: 'raceAbort',
};

/** Matches an identifier that has the name as a word. */
export function patternOf(name: string) {
  const first = name[0] ?? '';
  const rest = name.slice(1);
  // `EAI_AGAIN` is the name of an error of the system.
  if (name === name.toUpperCase()) return `(?:^|(?<!EAI)_)${name}(?:_|$)`;
  // `Deed` is also refused as `deed`, `letter` also as `isLetter`; `deadLetter` is the word of the field.
  const lower = `(?:^|_)${first.toLowerCase()}${rest}`;
  const upper = `${name === 'letter' ? '(?<!(?:^d|D)ead)' : ''}${first.toUpperCase()}${rest}`;
  return `(?:${lower}|${upper})(?![a-z])`;
}

/** For ESLint's `no-restricted-syntax`. */
export const refusedSyntax = Object.entries(REFUSED_NAMES).map(([name, instead]) => ({
  selector: `:matches(Identifier, PrivateIdentifier)[name=/${patternOf(name)}/]`,
  message: `"${name}" is not the field's word: ${instead}. See the glossary in CONTRIBUTING.md.`,
}));
