import { describe, expect, it } from 'vitest'
import { withLogins } from '../../shadow/reviewed.ts'
import { type ShadowOptions, shadowRun } from '../../shadow/run.ts'
import { projectOf, reviewOf, type Settings } from '../review/documents.ts'

const PIN: Settings = { Tenant: { displayName: 'Web', pin: { enabled: true }, pattern: { enabled: false } } }
const PROJECT = projectOf({ web: PIN, shop: PIN })
const LATE = 'were not all tried: the time for trial logins was over'

type SignIn = NonNullable<ShadowOptions['signIn']>

const { signal } = new AbortController()
const hangs = (): Promise<never> => new Promise(() => {})

/** A run of two tenants, with a deadline that `signIn` decides about. */
function runWith(signIn: (deadline: AbortController) => SignIn, onLogin?: ShadowOptions['onLogin']) {
  const deadline = new AbortController()
  const bounds = { signal, deadline: deadline.signal, signIn: signIn(deadline), goOn: async () => new Map() }
  return shadowRun({ base: PROJECT, head: PROJECT, ...bounds, ...(onLogin && { onLogin }) })
}

describe('a trial that hangs', () => {
  it('is ended at the deadline, and says which tenants were not tried', async () => {
    const done: string[] = []
    let all = 0
    await runWith(() => async () => {
      all += 1
      return undefined
    })
    const run = await runWith((deadline) => async (_, { person: { tenant } }) => {
      done.push(tenant)
      const isSecondRound = done.length > all / 2
      if (isSecondRound && done.length === all) deadline.abort()
      return isSecondRound && tenant === 'shop' ? hangs() : undefined
    })
    expect(run.notTried).toEqual([`logins at shop ${LATE}`])
    expect(new Set(run.trials.map(({ tenant }) => tenant))).toEqual(new Set(['web']))
  })

  it('says nothing of logins that were tried before the change only', async () => {
    const run = await runWith((deadline) => () => {
      deadline.abort()
      return hangs()
    })
    expect(run).toMatchObject({ trials: [], notTried: [`logins at web, shop ${LATE}`] })
  })

  it('is ended before it has begun, too', async () => {
    const deadline = AbortSignal.abort()
    expect(await shadowRun({ base: PROJECT, head: PROJECT, signal, deadline })).toMatchObject({
      trials: [],
      untried: [],
      notTried: [`logins at web, shop ${LATE}`],
    })
  })

  it('is a warning of the review, which keeps its verdict', async () => {
    const revisions = [{ base: { resources: PROJECT }, head: { resources: PROJECT, diagnostics: [] } }]
    const found = { base: 'main', verdict: 'nothing', project: [], environments: [reviewOf(PROJECT, PROJECT)] } as const
    const said = await withLogins(found, revisions, { signal, deadline: () => AbortSignal.abort() })
    expect(said).toMatchObject({
      verdict: 'nothing',
      environments: [{ diagnostics: [{ severity: 'warning', message: `logins at web, shop ${LATE}` }] }],
    })
  })

  it('that the person interrupts has no result', async () => {
    const interrupt = new AbortController()
    const signIn: SignIn = async () => {
      interrupt.abort()
      return undefined
    }
    const run = shadowRun({ base: PROJECT, head: PROJECT, signal: interrupt.signal, deadline: signal, signIn })
    await expect(run).rejects.toThrow('aborted')
  })
})

describe('the logins of a trial', () => {
  it('leave out a tenant that the service does not take, and say so', async () => {
    const nothing = { displayName: 'Web', pin: { enabled: false }, pattern: { enabled: false }, passkeys: false }
    const base = projectOf({ web: PIN, none: { Tenant: nothing } })
    const bounds = { signal, deadline: signal, signIn: async () => undefined, goOn: async () => new Map() }
    const { trials, untried } = await shadowRun({ base, head: base, ...bounds })
    expect(new Set(trials.map(({ tenant }) => tenant))).toEqual(new Set(['web']))
    expect(untried).toContainEqual(expect.stringMatching(/^Tenant\/none: /))
  })

  it('go on side by side, four at a time', async () => {
    let [now, most] = [0, 0]
    const four = Promise.withResolvers<void>()
    await runWith(() => async () => {
      now += 1
      most = Math.max(most, now)
      // Whoever is alone waits for ever.
      if (now === 4) four.resolve()
      await four.promise
      now -= 1
      return undefined
    })
    expect(most).toBe(4)
  })

  it('are told one by one, with how many there will be', async () => {
    const told: [number, number][] = []
    let all = 0
    await runWith(
      () => async () => {
        all += 1
        return undefined
      },
      (done, of) => told.push([done, of]),
    )
    expect(all).toBeGreaterThan(0)
    expect(told).toEqual(Array.from({ length: all }, (_, i) => [i + 1, all]))
  })
})
