import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from '../pages/acts.ts'
import { openPagesWorld, type PagesWorld, SECRET } from '../pages/world.ts'

const ANDROID = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36'

describe.skipIf(LACKS_BROWSER)(`a setting of a login by QR code${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  let tenant: string
  let phone: Page
  let ahead = 0
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld({ now: () => new Date(Date.now() + ahead) }))
    tenant = await world.tenant({ use_pattern: false, passkey_enabled: false })
    await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    await world.offerEverything(tenant)
    phone = await world.page()
    await phone.goto(`${world.url}/${tenant}/account`)
    await giveName(phone)
    await enterPin()
    await phone.getByRole('heading', { name: 'Your account' }).waitFor()
  })
  afterAll(() => close?.())

  const enterPin = async () => {
    await phone.getByLabel('Your PIN').fill(SECRET.pin)
    await press(phone, 'Sign in')
  }
  const set = (qr_code_attributes: object) =>
    world.addLoginMethod(tenant, { type: 'QR_CODE', name: 'my phone', enabled: true, qr_code_attributes })

  /** A login that waits for its approval. */
  const begin = async (userAgent?: string) => {
    const page = await world.page({ javaScriptEnabled: false, ...(userAgent === undefined ? {} : { userAgent }) })
    await world.begin(page, tenant)
    await page.getByRole('link', { name: 'Sign in with my phone' }).click()
    await page.getByText('Your number is').waitFor()
    const number = /Your number is (\d+)/.exec(await page.locator('main').innerText())?.[1] ?? ''
    const login = new URL(page.url()).searchParams.get('auth_req_id') ?? ''
    return { page, number, address: `${world.url}/${tenant}/account/approve?login=${login}` }
  }
  const approve = async (number: string) => {
    await press(phone, number)
    await phone.getByRole('status').filter({ hasText: 'Approved' }).waitFor()
  }

  it('google_play_link and app_store_link: the apps are offered, or there are none; only at https addresses', async () => {
    const apps = async (settings: object) => {
      await set(settings)
      const { page } = await begin()
      return page.getByRole('link', { name: 'App for' }).evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    }
    expect(await apps({})).toEqual([])
    const links = { google_play_link: 'https://play.example.com/app', app_store_link: 'https://store.example.com/app' }
    expect(await apps(links)).toEqual(Object.values(links))
    expect(await apps({ google_play_link: 'javascript:alert(1)' })).toEqual([])
  })

  it('deep_linking_enabled: a telephone gets a link in place of the picture, and a computer the picture', async () => {
    await set({ deep_linking_enabled: true })
    const { page, address } = await begin(ANDROID)
    expect(await page.getByRole('link', { name: 'Approve on this phone' }).getAttribute('href')).toBe(address)
    expect(await page.getByRole('img').count()).toBe(0)
    expect(await (await begin()).page.getByRole('img', { name: 'Picture' }).count()).toBe(1)
    await set({ deep_linking_enabled: false })
    expect(await (await begin(ANDROID)).page.getByRole('img', { name: 'Picture' }).count()).toBe(1)
  })

  it('deep_linking_redirect_url: the device goes on there after the approval, or to the account', async () => {
    for (const [settings, href] of [
      [
        { deep_linking_enabled: true, deep_linking_redirect_url: 'https://app.example.com/back' },
        'https://app.example.com/back',
      ],
      [{ deep_linking_enabled: false }, `/${tenant}/account`],
    ] as const) {
      await set(settings)
      const { number, address } = await begin()
      await phone.goto(address)
      await approve(number)
      expect(await phone.locator('nav.links a').first().getAttribute('href')).toContain(href)
    }
  })

  it('mobile_authentication_type: the session of the device is enough, or it signs in anew and goes on', async () => {
    ahead = 600_000
    await set({ mobile_authentication_type: 'PUSH' })
    const first = await begin()
    await phone.goto(first.address)
    await approve(first.number)
    await set({ mobile_authentication_type: 'FINGERPRINT' })
    const { number, address } = await begin()
    await phone.goto(address)
    await phone.getByRole('heading', { name: 'Sign in to Acme' }).waitFor()
    ahead = 0
    await giveName(phone)
    await enterPin()
    await phone.getByText('Which number does the other device show?').waitFor()
    await approve(number)
  })

  it('mobile_authentication_type: a page that was open before the time ran out approves nothing', async () => {
    await set({ mobile_authentication_type: 'FINGERPRINT' })
    ahead = 200_000
    const { number, address } = await begin()
    await phone.goto(address)
    ahead = 320_000
    await press(phone, number)
    await phone.getByText('no longer signed in').waitFor()
  })
})
