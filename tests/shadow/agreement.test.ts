import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { ENROLLED, enrolledIn, getsIn, PEOPLE, policyFor } from '../../review/people.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { isForeseen } from '../../shadow/reviewed.ts'
import { lostIn, type ShadowRun, shadowRun, type Trial } from '../../shadow/run.ts'
import { projectOf } from '../review/documents.ts'
import { HARMLESS, LOCKING_OUT, type Scenario } from '../review/scenarios.ts'

const BROWSER = 'a PIN and another browser that approves logins'
const ALL = [...LOCKING_OUT, ...HARMLESS]
const settingsOf = (which: 'from' | 'to') => Object.fromEntries(ALL.map((scenario) => [scenario.name, scenario[which]]))

const [BEFORE, AFTER] = (['from', 'to'] as const).map((which) => settingsByTenant(projectOf(settingsOf(which))))
const foreseen = (trial: Trial): boolean => isForeseen(trial, BEFORE?.get(trial.tenant), AFTER?.get(trial.tenant))

/** What the policy function says of somebody, before or after. */
function getIn({ tenant, people: name, enrolled: words }: Trial, revision: typeof BEFORE): boolean {
  const settings = revision?.get(tenant) ?? expect.fail(`there is no tenant ${tenant}`)
  const people = PEOPLE.find((some) => some.name === name) ?? expect.fail(`nobody is called ${name}`)
  const enrolled = enrolledIn(settings).find((some) => some.words === words) ?? expect.fail(`nobody has ${words}`)
  return getsIn(policyFor(settings, people), enrolled)
}

const wordsOf = ({ people, enrolled }: Trial): string => `${people} with ${enrolled}`

describe('the lockout check of the review', () => {
  let run: ShadowRun
  beforeAll(async () => {
    const { signal } = new AbortController()
    run = await shadowRun({
      base: projectOf(settingsOf('from')),
      head: projectOf(settingsOf('to')),
      signal,
      deadline: signal,
      // What people do who got in is tried in uses.test.ts.
      goOn: async () => new Map(),
    })
  })

  it('is about documents that a service takes', () => {
    expect(run.untried).toEqual([])
  })

  it('foretells every login, before the change and after it', () => {
    const wrong = run.trials.flatMap((trial) => {
      const told = [getIn(trial, BEFORE), getIn(trial, AFTER)]
      const real = [trial.before === undefined, trial.after === undefined]
      return isDeepStrictEqual(told, real) ? [] : [{ ...trial, told }]
    })
    expect(wrong).toEqual([])
  })

  it('is tried with every way to sign in that people have here', () => {
    const tried = new Set(run.trials.filter(({ before }) => before === undefined).map(({ enrolled }) => enrolled))
    const all = ENROLLED.map(({ words }) => words)
    expect([...tried]).toEqual(
      expect.arrayContaining([...all, 'a PIN and an authenticator app', 'a PIN and a telephone', BROWSER]),
    )
  })

  it.each(ALL)('agrees with real logins: $name', ({ name, texts }: Scenario) => {
    const could = run.trials.filter(({ tenant, before }) => tenant === name && before === undefined)
    const lost = lostIn(could)
    expect(lost.map(wordsOf), lost.map(({ after }) => after).join('; ')).toEqual(could.filter(foreseen).map(wordsOf))
    expect(lost.length > 0).toBe(texts.length > 0)
  })
})
