import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAuthenticator, LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from './acts.ts'
import { faults, overflows } from './axe.ts'
import { openPagesWorld, type PagesWorld, SECRET } from './world.ts'

/** A telephone, and a screen of 1280 pixels at 200 % zoom. */
const SCREENS = { narrow: { width: 360, height: 740 }, zoomed: { width: 640, height: 400 } } as const
const MAIL = 'jane@example.com'
const OTHER_MAIL = 'jane@example.org'
const [SECOND_PIN, THIRD_PIN] = ['918273', '570316']
const [PASSWORD, NEXT_PASSWORD] = ['correct horse battery', 'another long password']
/** Nothing but the account may be blocked: the stranger comes from the same address. */
const LOCKOUT = { user_attempts_limit: 3, ip_attempts_limit: 1000 }

/** One person in one browser, chapter after chapter: each goes on where the one before ended. */
describe.skipIf(LACKS_BROWSER).sequential(`the whole life of an end user${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  let tenant: string
  let page: Page
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
    tenant = await world.tenant({ use_pattern: false, block_config: LOCKOUT })
    await world.offerEverything(tenant)
    page = await world.page({ reducedMotion: 'reduce' })
    await addAuthenticator(page)
  })
  afterAll(() => close?.())

  /** Every page is looked at as it is met. */
  const look = async (at = page) => {
    const found: Record<string, unknown> = {}
    for (const [name, size] of Object.entries(SCREENS)) {
      await at.setViewportSize(size)
      found[name] = { faults: await faults(at), overflows: await overflows(at) }
    }
    const fine = { faults: [], overflows: false }
    expect({ [at.url()]: found }).toEqual({ [at.url()]: { narrow: fine, zoomed: fine } })
  }
  const says = (text: string, at = page) => at.getByRole('alert').filter({ hasText: text }).waitFor()
  const notes = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
  const focused = () => page.evaluate('document.activeElement.id')
  const begin = (extra = {}) => world.begin(page, tenant, { prompt: 'login', ...extra })
  const enterPin = async (pin: string, at = page) => {
    await at.getByLabel('Your PIN').fill(pin)
    await press(at, 'Sign in')
  }
  const choosePin = async (pin: string, last: string) => {
    await page.getByLabel('Choose a PIN').fill(pin)
    await press(page, 'Next')
    await page.getByLabel('Repeat the PIN').fill(pin)
    await press(page, last)
  }
  const openAccount = async (pin: string, at = page) => {
    await at.goto(`${world.url}/${tenant}/account`)
    await giveName(at)
    await enterPin(pin, at)
    await at.getByRole('heading', { name: 'Your account' }).waitFor()
  }
  const link = (name: string) => page.getByRole('link', { name }).click()

  it('signs up: a name, an address and a PIN that are refused lead back to their fields', async () => {
    await begin()
    await page.getByLabel('User name').waitFor()
    expect(await focused()).toBe('username')
    await look()
    await link('Create an account')
    await page.getByLabel('User name').fill('jörg')
    await page.getByLabel('E-mail address').fill(MAIL)
    await press(page, 'Next')
    await says('only the letters a to z')
    const name = page.getByLabel('User name')
    expect(await focused()).toBe('username')
    expect(await Promise.all(['aria-invalid', 'aria-describedby'].map((a) => name.getAttribute(a)))).toEqual([
      'true',
      'problem',
    ])
    await look()
    await name.fill('jane')
    await press(page, 'Next')
    await page.getByLabel('Choose a PIN').fill('123456')
    await press(page, 'Next')
    await says('easy to guess')
    await look()
    await choosePin(SECRET.pin, 'Create the account')
    await notes('check your inbox')
    await look()
  })

  it('confirms the address by the link in the mail', async () => {
    await page.goto(/http\S+verify\S+/.exec(await world.mail(tenant, MAIL, 'confirm'))?.[0] ?? '')
    await look()
    await press(page, 'Confirm')
    await page.getByText('Your e-mail address is confirmed.').waitFor()
    await look()
  })

  it('signs in by the PIN', async () => {
    const asked = await begin()
    await giveName(page)
    await page.getByLabel('Your PIN').waitFor()
    expect(await focused()).toBe('pin-known')
    await look()
    await enterPin(SECRET.pin)
    expect(await world.claims(page, asked)).toMatchObject({ amr: ['pin'] })
  })

  it('signs in by a password that the administrator set', async () => {
    const { user_id } = await world.admin<{ user_id: string }>('GET', `/v1/tenants/${tenant}/usernames/jane`)
    await world.admin('PUT', `/v1/tenants/${tenant}/users/${user_id}/password`, { password: PASSWORD })
    const asked = await begin()
    await giveName(page)
    await link('Use your password')
    expect(await focused()).toBe('password')
    await look()
    await page.getByLabel('Password').fill(PASSWORD)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ amr: ['pwd'] })
  })

  it('signs in by a mailed code', async () => {
    const asked = await begin()
    await giveName(page)
    await link('Get a code by mail')
    await look()
    await press(page, 'Mail me a code')
    await notes('a code is on its way')
    expect(await focused()).toBe('code')
    expect(await page.getByLabel('Code').getAttribute('inputmode')).toBe('numeric')
    await look()
    const code = /\b\d{6}\b/.exec(await world.mail(tenant, MAIL, 'your code to sign in'))?.[0] ?? ''
    await page.getByLabel('Code').fill(code)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ amr: ['otp'] })
  })

  it('adds a passkey, gives it a long name, and signs in with it', async () => {
    await page.context().clearCookies()
    await openAccount(SECRET.pin)
    await look()
    await press(page, 'Add a passkey')
    await notes('The passkey is added.')
    await page.getByLabel('Name of the passkey').fill('telephone'.repeat(12))
    await page.getByRole('button', { name: /^Rename/ }).click()
    await notes('new name')
    await look()
    const asked = await begin()
    await press(page, 'Sign in with a passkey')
    expect(await world.claims(page, asked)).toMatchObject({ amr: ['pop'] })
  })

  it('shows a second factor where an application asks for two', async () => {
    const asked = await begin({ acr_values: 'urn:plumbline:acr:multi-factor' })
    await giveName(page)
    await enterPin(SECRET.pin)
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await look()
    await press(page, 'Use my passkey')
    expect(await world.claims(page, asked)).toMatchObject({ acr: 'urn:plumbline:acr:multi-factor' })
  })

  it('is locked out by a stranger, and recovers', async () => {
    const stranger = await world.page()
    await world.begin(stranger, tenant)
    await giveName(stranger)
    for (let i = 0; i < LOCKOUT.user_attempts_limit; i++) {
      await enterPin('000001', stranger)
      await says('did not match', stranger)
    }
    const asked = await begin()
    await giveName(page)
    await enterPin(SECRET.pin)
    await says('Too many attempts')
    await look()
    await link('I cannot sign in')
    await look()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('E-mail address').fill(MAIL)
    await press(page, 'Mail me a code')
    await notes('a code is on its way')
    await look()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('Code from the mail').fill('AAAAA-AAAAA-AAAAA-AAAAA')
    await press(page, 'Next')
    await choosePin(SECOND_PIN, 'Set it')
    await says('This code cannot be used')
    expect(await focused()).toBe('code')
    await page.getByLabel('Code from the mail').fill(await world.code(tenant, MAIL, 'reset'))
    await press(page, 'Next')
    await choosePin(SECOND_PIN, 'Set it')
    await notes('Your new login secret is set')
    await giveName(page)
    await enterPin(SECOND_PIN)
    expect(await world.claims(page, asked)).toMatchObject({ amr: ['pin'] })
    await stranger.context().close()
  })

  it('changes the address', async () => {
    await page.context().clearCookies()
    await openAccount(SECOND_PIN)
    await link('Change the address')
    await page.getByLabel('New e-mail address').waitFor()
    await look()
    await page.getByLabel('New e-mail address').fill(OTHER_MAIL)
    await press(page, 'Next')
    await page.getByLabel('Your PIN').fill(SECOND_PIN)
    await press(page, 'Change it')
    await notes('We have mailed you how to confirm it.')
    await look()
    await page.goto(/http\S+verify\S+/.exec(await world.mail(tenant, OTHER_MAIL, 'confirm'))?.[0] ?? '')
    await press(page, 'Confirm')
    await page.getByText('Your e-mail address is confirmed.').waitFor()
  })

  it('changes the PIN, which signs out everywhere', async () => {
    await page.goto(`${world.url}/${tenant}/account`)
    await link('Change PIN or pattern')
    await page.getByLabel('Choose a PIN').waitFor()
    await look()
    await choosePin(THIRD_PIN, 'Change it')
    await giveName(page)
    await enterPin(THIRD_PIN)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  })

  it('changes the password: one that is too short is said to be at fault', async () => {
    await link('Change the password')
    await look()
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill('short')
    await press(page, 'Change it')
    await says('needs at least 8 characters')
    expect(await focused()).toBe('new_password')
    await look()
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill(NEXT_PASSWORD)
    await press(page, 'Change it')
    await page.getByLabel('User name').waitFor()
  })

  it('sees where it is signed in, and ends the other session', async () => {
    await openAccount(THIRD_PIN)
    const elsewhere = await world.page()
    await openAccount(THIRD_PIN, elsewhere)
    await page.reload()
    const others = page.getByRole('listitem').filter({ hasText: 'since' }).filter({ hasNotText: 'this browser' })
    expect(await others.first().textContent()).toMatch(/since \w+ \d+, \d{4}, .* UTC/)
    await look()
    await others.first().getByRole('button', { name: 'Sign out' }).click()
    await notes('That session has ended.')
    await elsewhere.reload()
    await elsewhere.getByLabel('User name').waitFor()
    await elsewhere.context().close()
  })

  it('signs out', async () => {
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Do you want to sign out?' }).waitFor()
    await look()
    await press(page, 'Sign out')
    await page.getByText('You are signed out').waitFor()
    await look()
  })

  it('comes by an old link: the page says where it is, and leads to the account', async () => {
    await page.goto(`${world.url}/${tenant}/login?auth_req_id=gone`)
    await page.getByText('at Acme', { exact: true }).waitFor()
    await look()
    await link('Go to your account at Acme')
    await page.getByLabel('User name').waitFor()
  })
})
