import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from './acts.ts'
import { openPagesWorld, type PagesWorld, SECRET } from './world.ts'

const WAIT = { timeout: 20_000, interval: 50 }

/** Ids of the first field that can be seen and of what has the focus. */
const FIRST = `(() => {
  const fields = [...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]
  return [fields.find((field) => field.checkVisibility() && !field.disabled)?.id, document.activeElement.id]
})()`

describe.skipIf(LACKS_BROWSER)(`the focus${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  let tenant: string
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
    tenant = await world.tenant({ use_pattern: false })
    await world.offerEverything(tenant)
    const userId = await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    await world.admin('PUT', `/v1/tenants/${tenant}/users/${userId}/password`, { password: 'correct horse battery' })
  })
  afterAll(() => close?.())

  const signedIn = async (page: Page, path: string) => {
    await page.goto(`${world.url}/${tenant}/account`)
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await page.goto(`${world.url}/${tenant}${path}`)
  }
  const link = (name: string) => async (page: Page) => {
    await world.begin(page, tenant)
    await giveName(page)
    await page.getByRole('link', { name }).click()
  }

  it.each<[string, (page: Page) => Promise<unknown>]>([
    ['the sign-in', (page) => world.begin(page, tenant)],
    ['the PIN', async (page) => [await world.begin(page, tenant), await giveName(page)]],
    ['the password', link('Use your password')],
    ['the mailed code', async (page) => [await link('Get a code by mail')(page), await press(page, 'Mail me a code')]],
    [
      'the sign-up',
      async (page) => [
        await world.begin(page, tenant),
        await page.getByRole('link', { name: 'Create an account' }).click(),
      ],
    ],
    [
      'the reset',
      async (page) => [
        await world.begin(page, tenant),
        await page.getByRole('link', { name: 'I cannot sign in' }).click(),
      ],
    ],
    ['the reset by code', (page) => page.goto(`${world.url}/${tenant}/reset/code?client_id=shop`)],
    ['the confirmation of an address', (page) => page.goto(`${world.url}/${tenant}/verify`)],
    ['the change of the PIN', (page) => signedIn(page, '/account/secret')],
    ['the change of the password', (page) => signedIn(page, '/account/password')],
    ['the change of the address', (page) => signedIn(page, '/account/email')],
    ['the code of a device', (page) => page.goto(`${world.url}/${tenant}/oidc/device`)],
    ['the outbox', (page) => page.goto(`${world.url}/${tenant}/outbox`)],
  ])('goes to the first field: %s', async (_, open) => {
    const page = await world.page()
    await open(page)
    // Asked from outside: the policy of the pages lets nothing be evaluated in them.
    const [first, focused] = await vi.waitUntil(async () => {
      const found = (await page.evaluate(FIRST)) as readonly string[]
      return found.every((id) => id) && found
    }, WAIT)
    expect([focused, first]).toEqual([first, expect.stringMatching(/./)])
    await page.context().close()
  })
})
