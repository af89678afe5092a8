import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from '../pages/acts.ts'
import { openPagesWorld, type PagesWorld, SECRET } from '../pages/world.ts'
import { appCode } from './world.ts'

const UNITS = { features: { google_authenticator_step_up_authentication_enabled: true } }

describe.skipIf(LACKS_BROWSER)(`an authenticator app by browser${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  const clock = { ahead: 0 }
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld({ now: () => new Date(Date.now() + clock.ahead) }))
  })
  afterAll(() => close?.())

  /** A tenant that takes apps, in which jane has a PIN. */
  const place = async (security: object): Promise<string> => {
    const tenant = await world.tenant({ use_pattern: false, passkey_enabled: false })
    await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const codes = { customers_can_use_hotp_login: false, non_customers_can_use_hotp_login: false }
    await world.offerEverything(tenant, UNITS, { ...codes, ...security })
    return tenant
  }
  const enterPin = async (page: Page) => {
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
  }
  /** Sets the app up on the page that shows its picture; returns the secret. */
  const setUp = async (page: Page): Promise<string> => {
    await page.getByRole('img', { name: 'Picture for an authenticator app' }).waitFor()
    await page.getByText('I cannot scan it').click()
    const secret = (await page.locator('details code').innerText()).replaceAll(' ', '')
    await page.getByLabel('Code of the app').fill(await codeOf(secret))
    await press(page, 'Confirm')
    await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
    expect(await page.locator('.codes li').count()).toBe(10)
    return secret
  }
  /** The next code that nobody has used. */
  const codeOf = async (secret: string): Promise<string> => {
    clock.ahead += 30_000
    return appCode(secret, new Date(Date.now() + clock.ahead))
  }

  it('is set up on the account page, confirms the next login, and is removed', async () => {
    const tenant = await place({})
    const page = await world.page()
    await page.goto(`${world.url}/${tenant}/account`)
    await enterPin(page)
    await page.getByRole('link', { name: 'Set up an app' }).click()
    await setUp(page)
    await page.getByRole('link', { name: 'Back' }).click()
    await page.getByRole('link', { name: 'Recovery codes and removal' }).click()
    await page.getByText('Recovery codes left: 10.').waitFor()
    await press(page, 'Remove the app')
    await page.getByRole('status').filter({ hasText: 'The app has been removed.' }).waitFor()
  })

  it('is set up in the middle of a login that demands two factors, and then asked for', async () => {
    const tenant = await place({ require_mfa_for_customers: true, require_mfa_for_non_customers: true })
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await enterPin(page)
    const secret = await setUp(page)
    await press(page, 'I have kept them')
    expect(await world.claims(page, asked)).toMatchObject({ amr: expect.arrayContaining(['pin', 'otp', 'mfa']) })

    const again = await world.page()
    const next = await world.begin(again, tenant)
    await enterPin(again)
    await again.getByLabel('Code of the app').fill('000000')
    await press(again, 'Sign in')
    await again.getByRole('alert').filter({ hasText: 'did not match' }).waitFor()
    await again.getByLabel('Code of the app').fill(await codeOf(secret))
    await press(again, 'Sign in')
    expect(await world.claims(again, next)).toMatchObject({ amr: expect.arrayContaining(['pin', 'otp', 'mfa']) })
  })

  it('gives way to the method that the person wants to be asked for first', async () => {
    const on = { require_mfa_for_customers: true, require_mfa_for_non_customers: true }
    const codes = { customers_can_use_hotp_login: true, non_customers_can_use_hotp_login: true }
    const tenant = await place({ ...on, ...codes })
    const page = await world.page()
    await page.goto(`${world.url}/${tenant}/account`)
    await enterPin(page)
    await press(page, 'Mail me a code')
    const code = /^\d{6}$/m.exec(await world.mail(tenant, 'jane@example.com', 'your code'))?.[0] ?? ''
    await page.getByLabel('Code').fill(code)
    await press(page, 'Sign in')
    await page.getByRole('link', { name: 'Set up an app' }).click()
    await setUp(page)

    const begin = async () => {
      const other = await world.page()
      await world.begin(other, tenant)
      await enterPin(other)
      return other
    }
    await (await begin()).getByLabel('Code of the app').waitFor()
    await page.getByRole('link', { name: 'Back' }).click()
    await page.getByLabel('Ask me for this first').selectOption('E-mail')
    await press(page, 'Save')
    await page.getByRole('status').filter({ hasText: 'asked for that first' }).waitFor()
    await (await begin()).getByRole('button', { name: 'Mail me a code' }).waitFor()
  })
})
