import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from '../pages/acts.ts'
import { openPagesWorld, type PagesWorld, SECRET } from '../pages/world.ts'

describe.skipIf(LACKS_BROWSER)(`signing in by a device that is signed in already${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  let tenant: string
  let userId: string
  /** The device of jane. */
  let phone: Page
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
    tenant = await world.tenant({ use_pattern: false, passkey_enabled: false })
    userId = await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    await world.offerEverything(tenant)
    await world.addLoginMethod(tenant, { type: 'QR_CODE', name: 'my phone', enabled: true, authentication_level: 3 })
    phone = await world.page()
    await phone.goto(`${world.url}/${tenant}/account`)
    await giveName(phone)
    await phone.getByLabel('Your PIN').fill(SECRET.pin)
    await press(phone, 'Sign in')
    await phone.getByRole('heading', { name: 'Your account' }).waitFor()
  })
  afterAll(() => close?.())

  /** A login that shows its picture; the number, and the address in the picture. */
  const begin = async (extra: Readonly<Record<string, string>> = {}) => {
    const page = await world.page({ javaScriptEnabled: false })
    const asked = await world.begin(page, tenant, extra)
    await page.getByRole('link', { name: 'Sign in with my phone' }).click()
    await page.getByRole('img', { name: 'Picture for your other device' }).waitFor()
    const number = /Your number is (\d+)/.exec(await page.locator('main').innerText())?.[1] ?? ''
    const login = new URL(page.url()).searchParams.get('auth_req_id') ?? ''
    return { page, asked, number, address: `${world.url}/${tenant}/account/approve?login=${login}` }
  }

  it('takes the number that is shown, and yields the level of the login method', async () => {
    const { page, asked, number, address } = await begin({ acr_values: 'urn:plumbline:acr:level:3' })
    await press(page, 'I have picked it')
    await page.getByRole('alert').filter({ hasText: 'not approved this login yet' }).waitFor()
    await phone.goto(address)
    await phone.getByText('shop wants to sign you in on Chrome').waitFor()
    await press(phone, number)
    await phone.getByRole('status').filter({ hasText: 'Approved' }).waitFor()
    await press(page, 'I have picked it')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, acr: 'urn:plumbline:acr:level:3' })
  })

  it('ends with another number, whoever picks it', async () => {
    const { page, number, address } = await begin()
    await phone.goto(address)
    const others = await phone.getByRole('button').allInnerTexts()
    await press(phone, others.find((text) => /^\d+$/.test(text) && text !== number) ?? '')
    await phone.getByRole('alert').filter({ hasText: 'No login is waiting for you here' }).waitFor()
    await press(page, 'I have picked it')
    await page.getByRole('alert').filter({ hasText: 'not approved this login yet' }).waitFor()
  })

  it('is of the browser that began: another one that knows the address does not get the login', async () => {
    const { page, number, address } = await begin()
    await phone.goto(address)
    await press(phone, number)
    const thief = await world.page()
    await thief.goto(page.url())
    await thief.getByText('no longer pending in this browser').waitFor()
  })

  it('asks for a sign-in on a device that is not signed in', async () => {
    const { address } = await begin()
    const stranger = await world.page()
    await stranger.goto(address)
    await stranger.getByRole('heading', { name: 'Sign in to Acme' }).waitFor()
  })
})
