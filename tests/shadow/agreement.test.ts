import { beforeAll, describe, expect, it } from 'vitest'
import { speaksOf } from '../../shadow/reviewed.ts'
import { lostIn, type ShadowRun, shadowRun, type Trial } from '../../shadow/run.ts'
import { projectOf } from '../review/documents.ts'
import { HARMLESS, LOCKING_OUT, type Scenario } from '../review/scenarios.ts'

const ALL = [...LOCKING_OUT, ...HARMLESS]
const settingsOf = (which: 'from' | 'to') => Object.fromEntries(ALL.map((scenario) => [scenario.name, scenario[which]]))

const wordsOf = ({ people, enrolled }: Trial): string => `${people} with ${enrolled}`

describe('the lockout check of the review', () => {
  let run: ShadowRun
  beforeAll(async () => {
    const { signal } = new AbortController()
    run = await shadowRun({ base: projectOf(settingsOf('from')), head: projectOf(settingsOf('to')), signal })
  })

  it('is about documents that a service takes', () => {
    expect(run.untried).toEqual([])
  })

  it.each(ALL)('agrees with real logins: $name', ({ name, texts }: Scenario) => {
    const could = run.trials.filter(({ tenant, before }) => tenant === name && before === undefined)
    const lost = lostIn({ ...run, trials: could })
    expect(lost.map(wordsOf), lost.map(({ after }) => after).join('; ')).toEqual(
      could.filter((trial) => texts.some((text) => speaksOf({ tenant: name, text }, trial))).map(wordsOf),
    )
    expect(lost.length > 0).toBe(texts.length > 0)
  })
})
