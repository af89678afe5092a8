import type { Excepted } from '../config/exceptions.ts'
import type { JsonObject } from '../config/json.ts'
import { mergedSpec, withServerDefaults } from '../config/merged-spec.ts'
import type { Change, Observed } from './adapter.ts'
import { diffSpec, isOurs } from './diff.ts'
import type { Facts } from './facts.ts'
import type { Action, Entry, ExceptedChange, Seen, Step } from './model.ts'
import { isPointerWithin } from './pointer.ts'

/**
 * Checks the rules of a kind on a spec; returns the messages of those that do not hold. `named` is the part of it that
 * the document names: what a rule forbids counts only there.
 */
export type RuleCheck = (kind: Facts['kind'], spec: JsonObject, named: JsonObject) => readonly string[]

/** What happens to one document: pure, from its facts, what was seen, and what we own. */
export function decide(facts: Facts, seen: Seen, entry: Entry | undefined, rules: RuleCheck): Step {
  const { sight } = seen
  if (facts.steering.management === 'Paused') return step(facts, 'none', entry?.id, [], { because: 'paused' })
  if (sight.state === 'unknown') {
    const { code, message, help } = sight.error
    return step(facts, 'blocked', entry?.id, [], { because: explained(message, help), code })
  }
  if (sight.state === 'absent') return decideAbsent(facts, entry, rules)
  return decidePresent(facts, sight.observed, seen, entry, rules)
}

const explained = (message: string, help: string | undefined): string =>
  help === undefined ? message : `${message}. ${help}`

function decideAbsent(facts: Facts, entry: Entry | undefined, rules: RuleCheck): Step {
  const { adoption } = facts.steering
  if (isOnlyObserved(facts)) return step(facts, 'report', undefined, [], { because: 'absent, and only observed' })
  if (adoption === 'AdoptOnly') return blocked(facts, undefined, 'there is nothing to adopt (adoption is AdoptOnly)')
  const gone = facts.excepted.find(({ fields }) => fields.includes(''))
  if (gone !== undefined && entry?.id !== undefined)
    return { ...step(facts, 'report', undefined, []), excepted: [{ ...VANISHED, ...endOf(gone) }] }
  const vanished = entry?.id === undefined ? {} : { drift: true as const, because: 'it has vanished from the system' }
  if (vanished.drift && facts.steering.driftMode !== 'Correct') return step(facts, 'report', undefined, [], vanished)
  const broken = rules(facts.kind, withServerDefaults(facts.kind.spec, facts.spec), facts.spec)
  if (broken.length > 0)
    return blocked(facts, undefined, `together with the defaults of the system: ${broken.join('; ')}`)
  return step(facts, 'create', undefined, changesFromNothing(facts), vanished)
}

/** The fields that a create will set, for people to read. */
const changesFromNothing = (facts: Facts): readonly Change[] =>
  diffSpec(facts.kind, facts.spec, { observed: {}, memo: {} }).map(({ createOnly: _, ...change }) => change)

function decidePresent(facts: Facts, observed: Observed, seen: Seen, entry: Entry | undefined, rules: RuleCheck): Step {
  const { changes, excepted } = apart(facts, visible(facts, allDifferences(facts, observed, seen, entry)))
  const decided = decideChanges(facts, observed, changes, entry, rules)
  if (excepted.length === 0 || decided.action === 'blocked') return decided
  return { ...decided, action: decided.action === 'none' ? 'report' : decided.action, excepted }
}

function decideChanges(
  facts: Facts,
  observed: Observed,
  changes: readonly Change[],
  entry: Entry | undefined,
  rules: RuleCheck,
): Step {
  const owned = entry !== undefined
  if (!owned && !mayAdopt(facts)) {
    return blocked(
      facts,
      observed.id,
      'it exists already and adoption is CreateOnly; set adoption: AdoptOrCreate to take it over',
    )
  }
  if (changes.length === 0) return step(facts, isSettled(facts, entry) ? 'none' : 'adopt', observed.id, [])
  const edited = entry?.specDigest !== facts.specDigest
  const ours = edited ? changes : changes.filter((c) => isOurs(facts.kind, c))
  const drift = ours.length < changes.length ? { drift: true as const } : {}
  if (isOnlyObserved(facts)) return step(facts, 'report', observed.id, changes, drift)
  if (drift.drift && facts.steering.driftMode !== 'Correct') return uncorrected(facts, observed, changes, ours)
  const broken = brokenByUs(facts, observed, rules)
  if (broken.length > 0) return blocked(facts, observed.id, `together with what the system has: ${broken.join('; ')}`)
  return step(facts, writeAction(changes, owned), observed.id, changes, drift)
}

/** Whoever only observes cannot tell whether a secret is the right one. */
const visible = (facts: Facts, changes: readonly Change[]): readonly Change[] =>
  isOnlyObserved(facts) ? changes.filter((c) => !isOurs(facts.kind, c)) : changes

/** Drift that is not to be corrected. What is ours is sent all the same, and nothing else. */
function uncorrected(facts: Facts, { id }: Observed, changes: readonly Change[], ours: readonly Change[]): Step {
  if (ours.length > 0) return step(facts, writeAction(ours, true), id, ours)
  if (facts.steering.driftMode === 'Ignore') return step(facts, 'none', id, [])
  return step(facts, 'report', id, changes, { drift: true })
}

/** Rules that the changes would break. One that the system breaks by itself is not for this document to mend. */
function brokenByUs({ kind, spec }: Facts, observed: Observed, rules: RuleCheck): readonly string[] {
  const broken = rules(kind, mergedSpec(kind.spec, observed.spec, spec), spec)
  if (broken.length === 0) return broken
  const before = new Set(rules(kind, observed.spec, spec))
  return broken.filter((message) => !before.has(message))
}

/** The object as a whole. */
const VANISHED: Change = { op: 'add', path: '', impact: 'neutral' }

/** Differences that count, and those that an exception lets stand. A secret of ours that waits to be sent is neither's affair. */
function apart(
  { excepted, kind }: Facts,
  changes: readonly Change[],
): { readonly changes: readonly Change[]; readonly excepted: readonly ExceptedChange[] } {
  const found = changes.map((change) => {
    const by = isOurs(kind, change)
      ? undefined
      : excepted.find(({ fields }) => fields.some((field) => isPointerWithin(change.path, field)))
    return { change, by }
  })
  return {
    changes: found.flatMap(({ change, by }) => (by === undefined ? [change] : [])),
    excepted: found.flatMap(({ change, by }) => (by === undefined ? [] : [{ ...change, ...endOf(by) }])),
  }
}

const endOf = ({ until, reason }: Excepted) => ({ until, reason })

/** The differences between a document and its object that count, by everything that is known. */
export const differences = (
  facts: Facts,
  observed: Observed,
  seen: Omit<Seen, 'sight'>,
  entry: Entry | undefined,
): readonly Change[] => apart(facts, allDifferences(facts, observed, seen, entry)).changes

function allDifferences(facts: Facts, observed: Observed, seen: Omit<Seen, 'sight'>, entry: Entry | undefined) {
  return diffSpec(facts.kind, facts.spec, {
    observed: observed.spec,
    memo: entry?.memo ?? {},
    fingerprints: seen.fingerprints,
    delivered: seen.delivered,
    ignore: facts.steering.ignore,
  })
}

const mayAdopt = ({ steering, resource, kind }: Facts): boolean =>
  steering.adoption !== 'CreateOnly' || resource.spec.externalRef !== undefined || kind.shape === 'singleton'

/** Nothing is left to record: it is ours already, or it never becomes ours. */
const isSettled = (facts: Facts, entry: Entry | undefined): boolean => entry?.id !== undefined || isOnlyObserved(facts)

const isOnlyObserved = ({ steering, kind }: Facts): boolean =>
  kind.observeOnly === true || steering.management === 'Observe'

function writeAction(changes: readonly Change[], owned: boolean): Action {
  if (changes.some((c) => c.createOnly)) return 'replace'
  return owned ? 'update' : 'adopt'
}

const blocked = (facts: Facts, id: string | undefined, because: string): Step =>
  step(facts, 'blocked', id, [], { because })

function step(
  { address, kind, connection, target, needs, resource }: Facts,
  action: Action,
  id: string | undefined,
  changes: readonly Change[],
  extra: Partial<Pick<Step, 'because' | 'code' | 'drift'>> = {},
): Step {
  return {
    action,
    address,
    kind: kind.name,
    connection,
    key: target.key,
    ...(target.tenant === undefined ? {} : { tenant: target.tenant }),
    ...(id === undefined ? {} : { id }),
    changes,
    ...extra,
    needs,
    ...(resource.origin === undefined ? {} : { file: resource.origin.file, line: resource.origin.line }),
  }
}
