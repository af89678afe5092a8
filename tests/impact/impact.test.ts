import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CountOptions, countImpact } from '../../impact/count.ts'
import { ENROLLED, PEOPLE } from '../../review/people.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { addPerson } from '../../shadow/people.ts'
import { ShadowService } from '../../shadow/service.ts'
import { projectWith, type Settings } from '../review/documents.ts'

const OPTIONS: CountOptions = { ids: false, onUsers: () => {}, signal: new AbortController().signal }
const PASSWORD = { type: 'UsernameAndPassword', displayName: 'Password', authenticationLevel: 1 }
const tenant = (spec: object): Settings => ({
  Tenant: { displayName: 'Web', pin: { enabled: true }, pattern: { enabled: false }, loginOrder: ['Pin'], ...spec },
})
const BASE: Settings = { ...tenant({ passkeys: true }), CimLoginMethod: { ...PASSWORD, enabled: true } }
const [CUSTOMERS, OTHERS] = PEOPLE as [(typeof PEOPLE)[number], (typeof PEOPLE)[number]]
const [PIN, , WORD] = ENROLLED as unknown as (typeof ENROLLED)[number][]

describe('the impact of documents on the users of a store', () => {
  let shadow: ShadowService
  beforeAll(async () => {
    shadow = await ShadowService.open(OPTIONS.signal)
    expect(await shadow.bring(projectWith(BASE))).toEqual([])
    for (const name of ['ann', 'bob', 'cas']) await addPerson(shadow, 'web', CUSTOMERS, PIN as never, name)
    await addPerson(shadow, 'web', OTHERS, WORD as never, 'dan')
  })
  afterAll(() => shadow.close())

  const impactOf = (settings: Settings, options: Partial<CountOptions> = {}) => {
    const [head] = settingsByTenant(projectWith(settings)).values()
    return countImpact(shadow.service.deps, head ?? expect.fail('no tenant'), { ...OPTIONS, ...options })
  }

  it('is nothing for what is as it was', async () => {
    expect(await impactOf(BASE)).toEqual({ tenant: 'web', users: 4, effects: [] })
  })

  it('counts who can no longer sign in, and says because of which field', async () => {
    const { effects } = await impactOf({
      ...BASE,
      ...tenant({ pin: { enabled: false }, passkeys: true, loginOrder: [] }),
    })
    expect(effects).toEqual([
      {
        what: 'can no longer sign in',
        count: 3,
        causes: expect.arrayContaining([{ address: 'Tenant/web', pointer: '/pin/enabled' }]),
      },
    ])
  })

  it('lists them when asked', async () => {
    const off = { ...BASE, CimLoginMethod: { ...PASSWORD, enabled: false } }
    expect((await impactOf(off, { ids: true })).effects).toMatchObject([
      { what: 'can no longer sign in', ids: ['dan'] },
    ])
  })

  it('counts who has to set up a second factor on the way', async () => {
    const staff = { requireMfa: true, hotp: false, bankId: true }
    const { effects } = await impactOf({ ...BASE, SecurityConfiguration: { nonCustomers: staff } })
    expect(effects).toMatchObject([{ what: 'have to set up a passkey', count: 1 }])
  })

  it('counts whose password is too old', async () => {
    const later = { ...shadow.service.deps, now: () => new Date(Date.now() + 40 * 24 * 3_600_000) }
    const [head] = settingsByTenant(
      projectWith({ ...BASE, SecurityConfiguration: { passwordExpirationDays: 30 } }),
    ).values()
    const { effects } = await countImpact(later, head ?? expect.fail('no tenant'), OPTIONS)
    expect(effects).toMatchObject([{ what: 'have to change their password', count: 1 }])
  })

  it('is nobody in a tenant that is not there yet', async () => {
    const [head] = settingsByTenant(projectWith(BASE)).values()
    const other = { ...(head ?? expect.fail('no tenant')), tenant: 'new' }
    expect(await countImpact(shadow.service.deps, other, OPTIONS)).toEqual({ tenant: 'new', users: 0, effects: [] })
  })
})
