import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireTenant, TENANTS, type Tenant } from '../../../identity/directory/tenants.ts'
import { isWeakPattern, isWeakPin } from '../../../identity/frame/weak-secrets.ts'
import { loginPolicyOf } from '../../../identity/policy/load.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { press } from './acts.ts'
import { openPagesWorld, type PagesWorld } from './world.ts'

describe('a PIN that is easy to guess', () => {
  it.each([
    '123456', // a row
    '654321',
    '890123', // 0 after 9
    '246802',
    '000000',
    '1111',
    '121212', // repeats
    '123123',
    '123321', // there and back
    '112233', // pairs
  ])('%s is refused', (pin) => expect(isWeakPin(pin, 'jane')).toBe(true))

  it('is part of the name', () => {
    expect([isWeakPin('204861', 'jane204861'), isWeakPin('4861', 'jane-20.4861')]).toEqual([true, true])
  })

  it.each(['204861', '918273', '2048', '70931452'])('%s is none', (pin) => expect(isWeakPin(pin, 'jane')).toBe(false))
})

describe('a pattern that is easy to guess', () => {
  const cells = (points: string) => points.split('-').map((point) => Number(point) - 1)

  it.each([
    '1-2-3-6-9', // an L
    '1-2-3-6',
    '7-4-1-2-3',
    '1-2-3-4-5-6', // row by row
    '1-2-3-6-9-8-7-4', // around the edge
    '1-4-7-8-9-6', // a U
  ])('%s is refused', (points) => expect(isWeakPattern(3, cells(points))).toBe(true))

  it.each(['1-4-7-8-5', '2-4-8-6-5-1', '3-5-4-8-6'])('%s is none', (points) =>
    expect(isWeakPattern(3, cells(points))).toBe(false),
  )

  it('is a line on a larger grid, too', () => expect(isWeakPattern(5, [0, 6, 12, 18, 24])).toBe(true))
})

describe.skipIf(LACKS_BROWSER)(`the rule of the tenant${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
  })
  afterAll(() => close?.())

  /** What the page says to 123456. */
  async function chosen(settings: object): Promise<string> {
    const tenant = await world.tenant({ use_pattern: false, ...settings })
    const page = await world.page()
    await world.begin(page, tenant)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('E-mail address').fill('jane@example.com')
    await press(page, 'Next')
    await page.getByLabel('Choose a PIN').fill('123456')
    await press(page, 'Next')
    await page.locator('#problem:visible, #pin-again:visible').waitFor()
    return (await page.getByLabel('Repeat the PIN').isVisible())
      ? 'accepted'
      : await page.locator('#problem').innerText()
  }

  it('refuses such a PIN unless it is switched off', async () => {
    expect(await chosen({})).toContain('easy to guess')
    expect(await chosen({ refuses_weak_secrets: false })).toBe('accepted')
  })

  it('is off where a tenant is older than the rule, which every answer says', async () => {
    const tenant = await world.tenant()
    const { store } = world.service.deps
    await store.update(TENANTS, GLOBAL, tenant, ({ refuses_weak_secrets: _, ...old }) => old)
    const shown = await world.admin<Tenant>('GET', `/v1/tenants/${tenant}`)
    const policy = await loginPolicyOf(world.service.deps, { tenant: await requireTenant(world.service.deps, tenant) })
    expect([shown.refuses_weak_secrets, policy.secret.refusesWeak.value]).toEqual([false, false])
  })
})
