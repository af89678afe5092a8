import { once } from 'node:events'
import type { Configuration } from 'openid-client'
import type { Resource } from '../config/resource.ts'
import type { Outcome } from '../reconciler/model.ts'
import type { People } from '../review/people.ts'
import { settingsByTenant, type TenantSettings } from '../review/settings.ts'
import { doubts } from './doubts.ts'
import { openClient, type Refusal, tryLogin } from './login.ts'
import type { Person } from './people.ts'
import { ShadowService } from './service.ts'
import { settlePeople } from './settled.ts'
import { inTurns } from './turns.ts'
import { applicationsOf, type Uses, usesOf } from './uses.ts'

/** How some people of a tenant fare before and after a change. Absent: it works. */
export interface Trial {
  readonly tenant: string
  /** `customers`, … */
  readonly people: string
  /** `a PIN`, … */
  readonly enrolled: string
  readonly before?: string
  readonly after?: string
}

/** What somebody who gets in does at a tenant, before and after. Absent: it works. */
export interface Use {
  readonly tenant: string
  /** `step up`, `sign in to portal`, … */
  readonly what: string
  readonly before?: string
  readonly after?: string
}

export interface ShadowRun {
  readonly trials: readonly Trial[]
  /** Of tenants at which somebody gets in before and after. */
  readonly uses: readonly Use[]
  /** Documents that the trial service did not take, and why; logins at their tenants say little. */
  readonly untried: readonly string[]
  /** What a trial says nothing about, and why: login methods, and people. */
  readonly notTried: readonly string[]
}

export interface ShadowOptions {
  readonly base: readonly Resource[]
  readonly head: readonly Resource[]
  readonly signal: AbortSignal
  /** When it fires, the trial ends with what it has. */
  readonly deadline: AbortSignal
  /** Hears of each login, and how many there will be. */
  readonly onLogin?: (done: number, all: number) => void
  /** How somebody signs in (default: really). */
  readonly signIn?: typeof tryLogin
  /** How the one who got in goes on (default: really). */
  readonly goOn?: typeof usesOf
}

/** What a trial has found so far. */
interface Found {
  everybody: readonly Person[]
  /** For whom somebody stands: people for whom the same holds. */
  readonly standsFor: Map<Person, readonly People[]>
  readonly before: Map<Person, Refusal>
  readonly after: Map<Person, Refusal>
  /** By tenant. */
  readonly usesBefore: Map<string, Uses>
  readonly usesAfter: Map<string, Uses>
  readonly failed: Outcome[]
}

/**
 * Applies the base to a service of its own, signs really in as everybody who may be there, applies the change and signs in
 * again. No system is asked, and no secret opened. Ends at the deadline whatever hangs.
 */
export async function shadowRun(options: ShadowOptions): Promise<ShadowRun> {
  const { base, signal, deadline } = options
  const results = { before: new Map(), after: new Map(), usesBefore: new Map(), usesAfter: new Map() }
  const found: Found = { everybody: [], standsFor: new Map(), ...results, failed: [] }
  const tenants = [...settingsByTenant(base).values()]
  const shadow = await ShadowService.open(AbortSignal.any([signal, deadline]))
  try {
    await untilDeadline(deadline, tryAll(shadow, tenants, options, found))
  } finally {
    await shadow.close()
  }
  signal.throwIfAborted()
  const tried = found.everybody.filter((person) => found.after.has(person))
  const untried = found.failed.map(({ step, error }) => `${step.address}: ${error?.message}`)
  const late = deadline.aborted ? tooLate(tenants, found) : []
  return {
    trials: tried.flatMap((person) => trialsOf(person, found)),
    uses: usesIn(found),
    untried,
    notTried: [...doubts(tried, found.before, tenants), ...late],
  }
}

/** What fails because time is up is no failure. */
async function untilDeadline(deadline: AbortSignal, work: Promise<void>): Promise<void> {
  const ended = deadline.aborted ? Promise.resolve() : once(deadline, 'abort').then(() => {})
  const done = work.catch((thrown: unknown) => {
    if (!deadline.aborted) throw thrown
  })
  await Promise.race([done, ended])
}

function tooLate(tenants: readonly TenantSettings[], { everybody, after }: Found): readonly string[] {
  const left = new Set(everybody.filter((person) => !after.has(person)).map(({ tenant }) => tenant))
  const names = everybody.length === 0 ? tenants.map(({ tenant }) => tenant) : [...left]
  return names.length === 0
    ? []
    : [`logins at ${names.join(', ')} were not all tried: the time for trial logins was over`]
}

async function tryAll(
  shadow: ShadowService,
  all: readonly TenantSettings[],
  { base, head, signal, deadline, onLogin = () => {}, signIn = tryLogin, goOn = usesOf }: ShadowOptions,
  found: Found,
): Promise<void> {
  const within = AbortSignal.any([signal, deadline])
  found.failed.push(...(await shadow.bring(base)))
  const tenants = await shadow.thereOf(all)
  found.everybody = await settlePeople(shadow, tenants, settingsByTenant(head), found.standsFor)
  const opened = await inTurns(tenants, async ({ tenant }) => [tenant, await openClient(shadow, tenant)] as const)
  const configs = new Map(opened)
  const { everybody, before, after } = found
  const round = (results: Map<Person, Refusal>): Promise<unknown> =>
    inTurns(everybody, async (person, i) => {
      within.throwIfAborted()
      const config = configs.get(person.tenant) as Configuration
      const refusal = await signIn(shadow, { person, config, from: addressOf(i), signal: within })
      results.set(person, refusal)
      onLogin(before.size + after.size, 2 * everybody.length)
    })
  const applications = applicationsOf(base)
  const further = (results: Map<string, Uses>): Promise<unknown> =>
    inTurns(tenants, async ({ tenant }, i) => {
      const person = everybody.find((one) => one.tenant === tenant && getsIn(one, before) && !isRefused(one, after))
      if (person === undefined) return
      within.throwIfAborted()
      const config = configs.get(tenant) as Configuration
      const login = { person, config, from: addressOf(everybody.length + i), signal: within }
      results.set(tenant, await goOn(shadow, login, applications.get(tenant) ?? []))
    })
  await round(before)
  shadow.anHourLater()
  await further(found.usesBefore)
  found.failed.push(...(await shadow.bring(head)))
  shadow.anHourLater()
  await round(after)
  shadow.anHourLater()
  await further(found.usesAfter)
}

/** Who has nothing but an address sets up a secret each time, so that others go first. */
const getsIn = (person: Person, results: ReadonlyMap<Person, Refusal>): boolean =>
  results.has(person) && results.get(person) === undefined && person.enrolled.first !== 'otp'
const isRefused = (person: Person, results: ReadonlyMap<Person, Refusal>): boolean => results.get(person) !== undefined

const usesIn = ({ usesBefore, usesAfter }: Found): readonly Use[] =>
  [...usesAfter].flatMap(([tenant, now]) =>
    [...now].map(([what, after]) => ({ tenant, what, ...fared(usesBefore.get(tenant)?.get(what), after) })),
  )

const fared = (before: Refusal, after: Refusal) => ({
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
})

/** Everybody comes from elsewhere, so that nobody is stopped for what others do. */
const addressOf = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`

function trialsOf(person: Person, found: Pick<Found, 'before' | 'after' | 'standsFor'>): readonly Trial[] {
  const { tenant, people, enrolled } = person
  const how = fared(found.before.get(person), found.after.get(person))
  const all = found.standsFor.get(person) ?? [people]
  return all.map(({ name }) => ({ tenant, people: name, enrolled: enrolled.words, ...how }))
}

/** Who could sign in before, or do something there, and cannot any more. */
export const lostIn = <T extends Trial | Use>(all: readonly T[]): readonly T[] =>
  all.filter(({ before, after }) => before === undefined && after !== undefined)
