import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Collection } from '../../../identity/store/store.ts'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from './acts.ts'
import { openPagesWorld, type PagesWorld } from './world.ts'

const FIRST = 'correct horse battery'
const NEXT = 'another long password'
const PASSWORDS: Collection<{ readonly user_id: string; readonly changed_at: string }> = {
  name: 'textPasswords',
  id: (p) => p.user_id,
  indexes: [],
}

describe.skipIf(LACKS_BROWSER)(`a text password in a browser without scripts${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
  })
  afterAll(() => close?.())

  /** A tenant that offers passwords for 90 days, with jane who has one. */
  const place = async () => {
    const tenant = await world.tenant()
    await world.offerEverything(tenant, {}, { password_expiration_days: 90 })
    const userId = await world.person(tenant)
    await world.admin('PUT', `/v1/tenants/${tenant}/users/${userId}/password`, { password: FIRST })
    return { tenant, userId, page: await world.page({ javaScriptEnabled: false }) }
  }
  type Place = Awaited<ReturnType<typeof place>>

  const enter = async ({ page }: Place, password: string) => {
    await giveName(page)
    await page.getByRole('link', { name: 'Use your password' }).click()
    await page.getByLabel('Password').fill(password)
    await press(page, 'Sign in')
  }

  it('that is forgotten is replaced by a mailed code', async () => {
    const here = await place()
    const { page, tenant, userId } = here
    const asked = await world.begin(page, tenant)
    await page.getByRole('link', { name: 'I cannot sign in' }).click()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('E-mail address').fill('jane@example.com')
    await press(page, 'Mail me a code')
    await page.getByRole('link', { name: 'Set a new password' }).click()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('Code from the mail').fill(await world.code(tenant, 'jane@example.com', 'reset'))
    await page.getByLabel('New password').fill('short')
    await press(page, 'Set it')
    await page.getByRole('alert').filter({ hasText: 'needs at least' }).waitFor()
    await page.getByLabel('New password').fill(NEXT)
    await press(page, 'Set it')
    await enter(here, NEXT)
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['pwd'] })
  })

  it('is changed by who knows it', async () => {
    const here = await place()
    const { page, tenant } = here
    await page.goto(`${world.url}/${tenant}/account`)
    await enter(here, FIRST)
    await page.getByRole('link', { name: 'Change the password' }).click()
    await page.getByLabel('Current password').fill('wrong horse battery')
    await page.getByLabel('New password').fill(NEXT)
    await press(page, 'Change it')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Current password').fill(FIRST)
    await page.getByLabel('New password').fill(NEXT)
    await press(page, 'Change it')
    const asked = await world.begin(page, tenant, { prompt: 'login' })
    await enter(here, NEXT)
    expect(await world.claims(page, asked)).toMatchObject({ amr: ['pwd'] })
  })

  it('that has expired is replaced while signing in', async () => {
    const here = await place()
    const { page, tenant, userId } = here
    const changed_at = '2001-01-01T00:00:00.000Z'
    await world.service.deps.store.update(PASSWORDS, tenant, userId, (old) => ({ ...old, changed_at }))
    const asked = await world.begin(page, tenant)
    await enter(here, FIRST)
    await page.getByRole('alert').filter({ hasText: 'Your password has expired' }).waitFor()
    await page.getByLabel('Current password').fill(FIRST)
    await page.getByLabel('New password').fill(NEXT)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['pwd'] })
  })
})
