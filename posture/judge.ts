import { type ParseResult, parse } from '@marcbachmann/cel-js'
import { PlumblineError } from '../config/errors.ts'
import { ruleInput } from '../config/kind.ts'
import { kindOf } from '../config/kinds/index.ts'
import { withServerDefaults } from '../config/merged-spec.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import { type Decision, type Decisions, values } from '../identity/policy/decision.ts'
import type { EffectivePolicy } from '../identity/policy/policy.ts'
import type { DocumentPlace } from '../review/model.ts'
import { PEOPLE, type People, policyFor } from '../review/people.ts'
import { decidingFields } from '../review/policy.ts'
import { fieldPlace } from '../review/reach.ts'
import { settingsByTenant, type TenantSettings } from '../review/settings.ts'
import type { Exception, PostureRule, RuleStanding, Standing } from './model.ts'

interface Compiled extends PostureRule {
  readonly applies: ParseResult | undefined
  readonly holds: ParseResult
}

export interface Judged {
  readonly resources: readonly Resource[]
  readonly environment?: string
}

/** What the rules say about everything, in the order of the rules. Throws INVALID_DOCUMENT for a rule that cannot be evaluated. */
export function judge(
  { resources, environment }: Judged,
  rules: readonly PostureRule[],
  exceptions: readonly Exception[],
  day: string,
): readonly RuleStanding[] {
  const tenants = [...settingsByTenant(resources).values()]
  const found = rules.map(compiled).flatMap((rule) => {
    if (rule.about === 'Login') return tenants.map((tenant) => ofLogins(rule, tenant))
    return resources.filter(({ kind }) => kind === rule.about).map((resource) => ofDocument(rule, resource))
  })
  const here = exceptions.filter((e) => e.environment === undefined || e.environment === environment)
  return found.map((finding) => excepted(finding, here, day))
}

const compiled = (rule: PostureRule): Compiled => ({
  ...rule,
  applies: rule.when === undefined ? undefined : parse(rule.when),
  holds: parse(rule.cel),
})

/** One rule for all people of a tenant. */
function ofLogins(rule: Compiled, settings: TenantSettings): RuleStanding {
  const policies = PEOPLE.map((people) => ({ people, policy: policyFor(settings, people) }))
  const seen = policies.map(({ people, policy }) => {
    const variables = { ...bare(policy), people: { customers: people.roles.includes('customer') } }
    return { people, policy, standing: standingOf(rule, variables, settings.tenant) }
  })
  const broken = seen.filter(({ standing }) => standing === 'violates')
  const concerned = seen.filter(({ standing }) => standing !== 'does not apply')
  const standing = broken.length > 0 ? 'violates' : concerned.length > 0 ? 'holds' : 'does not apply'
  return {
    ...about(rule),
    subject: settings.tenant,
    standing,
    ...whoOf(broken, concerned),
    causes: causesIn(
      rule,
      (broken.length > 0 ? broken : concerned).map(({ policy }) => policy),
      settings,
    ),
  }
}

const whoOf = (broken: readonly { people: People }[], concerned: readonly { people: People }[]) =>
  broken.length === 0 || (broken.length === concerned.length && concerned.length === PEOPLE.length)
    ? {}
    : { who: broken.map(({ people }) => people.name).join(' and ') }

const bare = (policy: EffectivePolicy): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries<Decisions<object>>(policy).map(([part, decisions]) => [part, values(decisions)]))

const DECISION = /\b([a-zA-Z]+)\.([a-zA-Z_]+)\b/g

/** The fields that decide what the rule asks about. */
function causesIn(
  rule: Compiled,
  policies: readonly EffectivePolicy[],
  settings: TenantSettings,
): readonly DocumentPlace[] {
  const names = [...rule.cel.matchAll(DECISION)].map(([, part = '', name = '']) => [part, name] as const)
  const places = policies.flatMap((policy) =>
    names.flatMap(([part, name]) => {
      const decisions = policy[part as keyof EffectivePolicy] as Readonly<Record<string, Decision<unknown>>> | undefined
      const decision = decisions?.[name]
      return decision === undefined ? [] : decidingFields(decision.by, settings, settings)
    }),
  )
  return [...new Map(places.map((place) => [`${place.address}${place.pointer}`, place])).values()]
}

function ofDocument(rule: Compiled, resource: Resource): RuleStanding {
  const kind = kindOf(resource.kind)
  const spec = kind === undefined ? resource.spec : withServerDefaults(kind.spec, resource.spec)
  const address = addressOf(resource)
  return {
    ...about(rule),
    subject: address,
    standing: standingOf(rule, { self: ruleInput(spec), name: resource.metadata.name }, address),
    causes: [fieldPlace(resource, pointerIn(rule.cel))],
  }
}

/** Pointer of the first field that a rule about a document looks at. */
const pointerIn = (cel: string): string =>
  cel
    .match(/\bself((?:\.[A-Za-z][A-Za-z0-9]*)+)(?!\()\b/)?.[1]
    ?.split('.')
    .slice(0, 2)
    .join('/') ?? ''

const about = ({ id, says, source }: PostureRule) => ({ rule: id, says, ...(source === undefined ? {} : { source }) })

function standingOf({ id, applies, holds }: Compiled, variables: object, subject: string): Standing {
  const ask = (expression: ParseResult): boolean => {
    try {
      return expression(variables as Record<string, unknown>) === true
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown'
      throw new PlumblineError('INVALID_DOCUMENT', `the rule ${id} cannot be evaluated for ${subject}: ${reason}`, {
        help: 'Guard what may be absent: has(self.field) && …',
      })
    }
  }
  if (applies !== undefined && !ask(applies)) return 'does not apply'
  return ask(holds) ? 'holds' : 'violates'
}

function excepted(finding: RuleStanding, exceptions: readonly Exception[], day: string): RuleStanding {
  if (finding.standing !== 'violates') return finding
  const mine = exceptions.filter(
    ({ rule, subject }) => rule === finding.rule && (subject === undefined || subject === finding.subject),
  )
  // The one that lasts longest counts.
  const [last] = mine.toSorted((a, b) => b.until.localeCompare(a.until))
  if (last === undefined) return finding
  const { owner, until, reason } = last
  return { ...finding, standing: until >= day ? 'excepted' : 'violates', exception: { owner, until, reason } }
}
