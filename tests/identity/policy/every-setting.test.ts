import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../config/kinds/index.ts'
import { effectivePolicy } from '../../../identity/policy/policy.ts'
import { leavesOf, nameOf } from '../../../tools/behaviour-page.ts'
import { BITES, type Documents, ELSEWHERE } from './settings-that-bite.ts'
import { VAULT_SETTINGS } from './vault-settings.ts'

const LEAVES = KINDS.filter(({ system }) => system !== undefined).flatMap(leavesOf)
/** At most so many fields are kept and do nothing here, each with its reason. */
const MOST_STORED = 16

describe('every setting of the five systems', () => {
  it('is shown by a test, or marked as stored only with the reason', () => {
    const shown = LEAVES.filter(({ storedOnly }) => storedOnly === undefined)
    const known = [BITES, ELSEWHERE, VAULT_SETTINGS].flatMap((table) => Object.keys(table))
    expect(known.toSorted()).toEqual(shown.map(nameOf).toSorted())
  })

  it('is stored only where nothing else is possible', () => {
    expect(LEAVES.length - LEAVES.filter(({ storedOnly }) => storedOnly === undefined).length).toBeLessThanOrEqual(
      MOST_STORED,
    )
  })

  it.each(Object.entries(BITES))('%s changes the policy', (_, [one, other]) => {
    const values = (documents: Documents) =>
      JSON.stringify(
        effectivePolicy({ documents: { Tenant: { registration: true }, ...documents }, enrolled: [] }),
        (key, value) => (['by', 'weaker'].includes(key) ? undefined : value),
      )
    expect(values(one)).not.toBe(values(other))
  })

  it.each(Object.entries({ ...ELSEWHERE, ...VAULT_SETTINGS }))(
    '%s is read as %s shows, which names it',
    (name, file) => {
      const leaf = LEAVES.find((leaf) => nameOf(leaf) === name)
      const text = readFileSync(file, 'utf8')
      const names = [leaf?.wire, leaf?.path.split('/').at(-1)]
      expect(
        names.filter((each) => each !== undefined && text.includes(each)),
        file,
      ).not.toEqual([])
    },
  )
})
