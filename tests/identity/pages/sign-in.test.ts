import * as oidc from 'openid-client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAuthenticator, LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { cursorIn, draw, giveName, press, swipe, tapPattern, tapPin } from './acts.ts'
import { openPagesWorld, type PagesWorld, SECRET } from './world.ts'

describe.skipIf(LACKS_BROWSER)(`signing in by browser${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
  })
  afterAll(() => close?.())

  it('by PIN, tapped on the pad', async () => {
    const tenant = await world.tenant({ use_pattern: false })
    const userId = await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await tapPin(page, SECRET.pin)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['pin'] })
  })

  it('by pattern, drawn with the mouse', async () => {
    const tenant = await world.tenant({ use_pin: false })
    const pattern = [0, 1, 2, 5, 8]
    const userId = await world.person(tenant, 'jane', { pattern: 3 }, { pattern })
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await draw(page, pattern)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['pin'] })
  })

  it('by PIN and pattern with a finger on a telephone', async () => {
    const tenant = await world.tenant()
    const userId = await world.person(tenant)
    const page = await world.page({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } })
    const asked = await world.begin(page, tenant)
    await giveName(page)
    for (const digit of SECRET.pin) await page.getByRole('button', { name: digit, exact: true }).tap()
    await page.getByRole('button', { name: 'Next', exact: true }).tap()
    await swipe(page, SECRET.pattern)
    await page.getByText('5 points joined').waitFor()
    // Not by a tap: right after a drag Chromium takes it for the end of a fling.
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId })
  })

  it('by PIN and pattern in the order of the tenant', async () => {
    const tenant = await world.tenant({ login_order: ['PATTERN', 'PIN'] })
    const userId = await world.person(tenant)
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await tapPattern(page, SECRET.pattern)
    await press(page, 'Next')
    await tapPin(page, SECRET.pin)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId })
  })

  it('by keyboard alone', async () => {
    const tenant = await world.tenant()
    const userId = await world.person(tenant)
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await cursorIn(page, 'User name')
    await page.keyboard.type('jane')
    await page.keyboard.press('Enter')
    await cursorIn(page, 'Your PIN')
    await page.keyboard.type(SECRET.pin)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Row 1, column 1' }).and(page.locator(':focus')).waitFor()
    for (const key of [
      'Space',
      'ArrowRight',
      'Space',
      'ArrowRight',
      'Space',
      'ArrowDown',
      'Space',
      'ArrowDown',
      'Space',
    ])
      await page.keyboard.press(key)
    await page.getByText('5 points joined').waitFor()
    await page.getByRole('button', { name: 'Sign in' }).press('Enter')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId })
  })

  it('by a pattern that is written as numbers', async () => {
    const tenant = await world.tenant({ use_pin: false })
    const userId = await world.person(tenant, 'jane', { pattern: 3 }, { pattern: SECRET.pattern })
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await page.getByText('Enter it as numbers').click()
    await page.getByLabel('Pattern as numbers').fill('1 2 3 6 9')
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId })
  })

  it('with the PIN of an older, shorter size', async () => {
    const tenant = await world.tenant({ use_pattern: false, pin_size: 4 })
    const userId = await world.person(tenant, 'jane', { pin: 4 }, { pin: '2048' })
    const settings = await world.admin<object>('GET', `/v1/tenants/${tenant}`)
    await world.admin('PUT', `/v1/tenants/${tenant}`, { ...settings, pin_size: 8 })
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await page.getByText('4 digits').waitFor()
    await tapPin(page, '2048')
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId })
  })

  it('says that a secret was wrong, and takes the right one then', async () => {
    const tenant = await world.tenant({ use_pattern: false })
    const userId = await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await page.getByLabel('Your PIN').fill('000000')
    await press(page, 'Sign in')
    await page.getByRole('alert').filter({ hasText: 'That did not match' }).waitFor()
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId })
  })

  it('by a passkey, without a name; the second factor registers the first one', async () => {
    const tenant = await world.tenant({ is_2fa: true, use_pattern: false })
    const userId = await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const page = await world.page()
    await addAuthenticator(page)
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await tapPin(page, SECRET.pin)
    await press(page, 'Sign in')
    await press(page, 'Create a passkey')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['pin', 'pop', 'mfa'] })

    const again = await world.begin(page, tenant, { prompt: 'login' })
    await press(page, 'Sign in with a passkey')
    await tapPin(page, SECRET.pin)
    await press(page, 'Sign in')
    expect(await world.claims(page, again)).toMatchObject({ sub: userId, amr: ['pop', 'pin', 'mfa'] })
  })

  it('by password and by mailed code, without any script', async () => {
    const tenant = await world.tenant()
    await world.offerEverything(tenant)
    const userId = await world.person(tenant)
    await world.admin('PUT', `/v1/tenants/${tenant}/users/${userId}/password`, { password: 'correct horse battery' })
    const page = await world.page({ javaScriptEnabled: false })
    const asked = await world.begin(page, tenant)
    await giveName(page)
    expect(await page.locator('noscript').first().textContent()).toContain('It needs JavaScript')
    await page.getByRole('link', { name: 'Use your password' }).click()
    await page.getByLabel('Password').fill('wrong horse battery')
    await press(page, 'Sign in')
    await page.getByRole('alert').filter({ hasText: 'That did not match' }).waitFor()
    await page.getByLabel('Password').fill('correct horse battery')
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['pwd'] })

    const again = await world.begin(page, tenant, { prompt: 'login' })
    await giveName(page)
    await page.getByRole('link', { name: 'Get a code by mail' }).click()
    await press(page, 'Mail me a code')
    const code = /^\d{6}$/m.exec(await world.mail(tenant, 'jane@example.com', 'your code'))?.[0] ?? ''
    await page.getByLabel('Code').fill(code)
    await press(page, 'Sign in')
    expect(await world.claims(page, again)).toMatchObject({ sub: userId, amr: ['otp'] })
  })

  it('by the link in the mail, in the browser that began, whatever else looked at it before', async () => {
    const tenant = await world.tenant()
    await world.offerEverything(tenant)
    const userId = await world.person(tenant)
    const page = await world.page({ javaScriptEnabled: false })
    const asked = await world.begin(page, tenant)
    await giveName(page)
    await page.getByRole('link', { name: 'Get a code by mail' }).click()
    await press(page, 'Mail me a code')
    const link = /^http\S+$/m.exec(await world.mail(tenant, 'jane@example.com', 'your code'))?.[0] ?? ''
    const scanner = await world.page()
    await scanner.goto(link)
    await scanner.getByText('no longer pending in this browser').waitFor()
    await page.goto(link)
    await page.goto(link)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['otp'] })
    await page.goto(link)
    await page.getByText('no longer pending in this browser').waitFor()
  })

  it('says what it allows where the application asks for consent, and the application gets no more than that', async () => {
    const tenant = await world.tenant({ use_pattern: false }, { allowed_scopes: ['orders:read'] })
    const userId = await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const page = await world.page()
    const wants = { scope: 'openid offline_access orders:read orders:write', prompt: 'consent' }
    const refused = await world.begin(page, tenant, wants)
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
    await page.getByText('Use “orders:read” for you').waitFor()
    expect(await page.getByRole('listitem').count()).toBe(3)
    await press(page, 'Do not allow')
    const answer = await world.back(page)
    expect([answer.get('error'), answer.get('state')]).toEqual(['access_denied', refused.checks.expectedState])

    const asked = await world.begin(page, tenant, wants)
    await press(page, 'Allow')
    const tokens = await world.tokens(page, asked)
    expect(tokens.claims()?.sub).toBe(userId)
    expect([tokens.scope, typeof tokens.refresh_token]).toEqual(['openid offline_access orders:read', 'string'])
  })

  it.each(['GET', 'POST'])('goes back by a form that sends itself, asked for by %s', async (method) => {
    const tenant = await world.tenant({ use_pattern: false })
    const userId = await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const page = await world.page()
    const { address, asked } = await world.request(tenant, { response_mode: 'form_post' })
    await (method === 'GET' ? page.goto(address) : postFromElsewhere(page, address))
    await giveName(page)
    expect(page.url()).not.toContain(asked.checks.expectedState)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/callback')),
      press(page, 'Sign in'),
    ])
    const back = new Request(sent.url(), { method: 'POST', body: new URLSearchParams(sent.postData() ?? '') })
    expect((await oidc.authorizationCodeGrant(asked.config, back, asked.checks)).claims()?.sub).toBe(userId)
  })

  it('gives up, and the application is told', async () => {
    const tenant = await world.tenant()
    const page = await world.page()
    await world.begin(page, tenant)
    await page.getByRole('link', { name: 'Cancel' }).click()
    expect((await world.back(page)).get('error')).toBe('access_denied')
  })
})

/** A page of another site sends the parameters of an address as a form. */
async function postFromElsewhere(page: Page, address: string): Promise<void> {
  const { origin, pathname, searchParams } = new URL(address)
  const fields = [...searchParams].map(([name, value]) => `<input name="${name}" value="${value}">`)
  await page.setContent(
    `<form method="post" action="${origin}${pathname}">${fields.join('')}<button>Shop</button></form>`,
  )
  await page.getByRole('button', { name: 'Shop' }).click()
}
