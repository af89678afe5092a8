import type { Configuration } from 'openid-client'
import pLimit from 'p-limit'
import type { Resource } from '../config/resource.ts'
import type { EffectivePolicy } from '../identity/policy/policy.ts'
import { type Enrolled, enrolledUnder, PEOPLE, policyFor } from '../review/people.ts'
import { settingsByTenant, type TenantSettings } from '../review/settings.ts'
import { openClient, type Refusal, tryLogin } from './login.ts'
import { notTried, whyNotTried } from './not-tried.ts'
import { addPerson, type Person } from './people.ts'
import { ShadowService } from './service.ts'

const AT_ONCE = 4

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

export interface ShadowRun {
  readonly trials: readonly Trial[]
  /** Documents that the trial service did not take, and why; logins at their tenants say little. */
  readonly untried: readonly string[]
  /** Login methods that nobody was signed in by, and why. */
  readonly notTried: readonly string[]
}

export interface ShadowOptions {
  readonly base: readonly Resource[]
  readonly head: readonly Resource[]
  readonly signal: AbortSignal
  /** Hears of each login, and how many there will be. */
  readonly onLogin?: (done: number, all: number) => void
}

/**
 * Applies the base to a service of its own, signs really in as everybody who may be there, applies the change and signs in
 * again. No system is asked, and no secret opened.
 */
export async function shadowRun({ base, head, signal, onLogin = () => {} }: ShadowOptions): Promise<ShadowRun> {
  const shadow = await ShadowService.open(signal)
  try {
    const failed = [...(await shadow.bring(base))]
    const tenants = [...settingsByTenant(base).values()]
    const everybody = await settled(shadow, tenants)
    const configs = new Map(
      await inTurns(tenants, async ({ tenant }) => [tenant, await openClient(shadow, tenant)] as const),
    )
    let done = 0
    const round = (): Promise<readonly Refusal[]> =>
      inTurns(everybody, async (person, i) => {
        const config = configs.get(person.tenant) as Configuration
        const refusal = await tryLogin(shadow, { person, config, from: addressOf(i), signal })
        onLogin(++done, 2 * everybody.length)
        return refusal
      })
    const before = await round()
    failed.push(...(await shadow.bring(head)))
    shadow.anHourLater()
    const after = await round()
    const trials = everybody.map((person, i) => trialOf(person, before[i], after[i]))
    const untried = failed.map(({ step, error }) => `${step.address}: ${error?.message}`)
    return { trials, untried, notTried: [...new Set([...notTried(base), ...notTried(head)])] }
  } finally {
    await shadow.close()
  }
}

/** Everybody who may be there, as far as the base lets them set something up. */
async function settled(shadow: ShadowService, tenants: readonly TenantSettings[]): Promise<readonly Person[]> {
  const wanted = tenants.flatMap((settings) =>
    PEOPLE.flatMap((people) =>
      possibleUnder(policyFor(settings, people), settings).map((enrolled) => ({
        tenant: settings.tenant,
        people,
        enrolled,
      })),
    ),
  )
  return inTurns(wanted, ({ tenant, people, enrolled }, i) =>
    addPerson(shadow, tenant, people, enrolled, `shadow-${i}`),
  )
}

/** Who has a passkey has set it up where the tenant takes one; an account elsewhere, where it can be signed in to. */
const possibleUnder = (policy: EffectivePolicy, { federated }: TenantSettings): readonly Enrolled[] =>
  enrolledUnder(policy, { federated: federated.filter(({ spec }) => whyNotTried(spec) === undefined) }).filter(
    ({ methods }) => policy.methods.passkey.value || !methods.includes('passkey'),
  )

function inTurns<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<readonly R[]> {
  const limit = pLimit(AT_ONCE)
  return Promise.all(items.map((item, i) => limit(() => work(item, i))))
}

/** Everybody comes from elsewhere, so that nobody is stopped for what others do. */
const addressOf = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`

const trialOf = ({ tenant, people, enrolled }: Person, before: Refusal, after: Refusal): Trial => ({
  tenant,
  people: people.name,
  enrolled: enrolled.words,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
})

/** Who could sign in before and cannot any more. */
export const lostIn = ({ trials }: ShadowRun): readonly Trial[] =>
  trials.filter(({ before, after }) => before === undefined && after !== undefined)
