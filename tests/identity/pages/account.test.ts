import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAuthenticator, LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from './acts.ts'
import { openPagesWorld, type PagesWorld, SECRET } from './world.ts'

const PIN_ONLY = { use_pattern: false }
const NEW_PIN = '975310'

describe.skipIf(LACKS_BROWSER)(`accounts by browser${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
  })
  afterAll(() => close?.())

  const personIn = (tenant: string) => world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
  const enterPin = async (page: Page, pin: string = SECRET.pin) => {
    await page.getByLabel('Your PIN').fill(pin)
    await press(page, 'Sign in')
  }
  const chooseSecret = async (page: Page, pin: string) => {
    await page.getByLabel('Choose a PIN').fill(pin)
    await press(page, 'Next')
    await page.getByLabel('Repeat the PIN').fill(pin)
  }
  /** The account page of a person who signed in for it. */
  const openAccount = async (tenant: string): Promise<Page> => {
    const page = await world.page()
    await page.goto(`${world.url}/${tenant}/account`)
    await giveName(page)
    await enterPin(page)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    return page
  }

  it('signs up, confirms the address by the link in the mail, and signs in', async () => {
    const tenant = await world.tenant(PIN_ONLY)
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('E-mail address').fill('jane@example.com')
    await press(page, 'Next')
    await page.getByLabel('Choose a PIN').fill(SECRET.pin)
    await press(page, 'Next')
    await page.getByLabel('Repeat the PIN').fill('111111')
    await press(page, 'Create the account')
    await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor()
    await chooseSecret(page, SECRET.pin)
    await press(page, 'Create the account')
    await page.getByRole('status').filter({ hasText: 'Sign in' }).waitFor()
    await giveName(page)
    await enterPin(page)
    expect(await world.claims(page, asked)).toMatchObject({ amr: ['pin'] })

    const link = /http\S+verify\S+/.exec(await world.mail(tenant, 'jane@example.com'))?.[0] ?? ''
    await page.goto(link)
    await press(page, 'Confirm')
    await page.getByText('Your e-mail address is confirmed.').waitFor()
  })

  it('resets a forgotten PIN by the mailed code, and is signed out elsewhere', async () => {
    const tenant = await world.tenant(PIN_ONLY)
    const userId = await personIn(tenant)
    const elsewhere = await openAccount(tenant)
    const page = await world.page()
    const asked = await world.begin(page, tenant)
    await page.getByRole('link', { name: 'I cannot sign in' }).click()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('E-mail address').fill('jane@example.com')
    await press(page, 'Mail me a code')
    await page.getByText('a code is on its way').waitFor()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('Code from the mail').fill(await world.code(tenant, 'jane@example.com', 'reset'))
    await press(page, 'Next')
    await chooseSecret(page, NEW_PIN)
    await press(page, 'Set it')
    await page.getByText('Your new login secret is set').waitFor()
    await giveName(page)
    await enterPin(page, NEW_PIN)
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId })
    await elsewhere.reload()
    expect(new URL(elsewhere.url()).pathname).toBe(`/${tenant}/login`)
  })

  it('changes the PIN while signed in', async () => {
    const tenant = await world.tenant(PIN_ONLY)
    await personIn(tenant)
    const page = await openAccount(tenant)
    await page.getByRole('link', { name: 'Change PIN or pattern' }).click()
    await chooseSecret(page, NEW_PIN)
    await press(page, 'Change it')
    await giveName(page)
    await enterPin(page, NEW_PIN)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  })

  it('changes the e-mail address by the PIN', async () => {
    const tenant = await world.tenant(PIN_ONLY)
    await personIn(tenant)
    const page = await openAccount(tenant)
    await page.getByRole('link', { name: 'Change the address' }).click()
    await page.getByLabel('New e-mail address').fill('jane@example.org')
    await press(page, 'Next')
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Change it')
    await page.getByText('not confirmed yet').waitFor()
    expect(await world.code(tenant, 'jane@example.org')).toHaveLength(23)
  })

  it('adds, names and deletes a passkey, and ends another session', async () => {
    const tenant = await world.tenant(PIN_ONLY)
    await personIn(tenant)
    const elsewhere = await openAccount(tenant)
    const page = await openAccount(tenant)
    await addAuthenticator(page)
    await press(page, 'Add a passkey')
    await page.getByLabel('Name of the passkey').fill('<b>Laptop</b>')
    await page.getByRole('button', { name: 'Rename Passkey' }).click()
    await page.getByText('The passkey has its new name.').waitFor()

    const signedIn = await world.begin(page, tenant, { prompt: 'login' })
    await press(page, 'Sign in with a passkey')
    expect(await world.claims(page, signedIn)).toMatchObject({ amr: ['pop'] })

    await page.goto(`${world.url}/${tenant}/account`)
    await page.getByRole('button', { name: 'Delete <b>Laptop</b>' }).click()
    await page.getByText('You have no passkey yet.').waitFor()
    const others = page.getByRole('listitem').filter({ hasNotText: 'this browser' })
    await others.getByRole('button', { name: /^Sign out/ }).click()
    await page.getByText('That session has ended.').waitFor()
    await elsewhere.reload()
    expect(new URL(elsewhere.url()).pathname).toBe(`/${tenant}/login`)
  })

  it('signs out', async () => {
    const tenant = await world.tenant(PIN_ONLY)
    await personIn(tenant)
    const page = await openAccount(tenant)
    await page.getByRole('link', { name: 'Sign out', exact: true }).click()
    await press(page, 'Sign out')
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  })

  it('names the person where CimAttributes says so', async () => {
    const greeting = async (name_visible_on_dashboard: boolean) => {
      const tenant = await world.tenant(PIN_ONLY)
      const userId = await personIn(tenant)
      const verification = { email_enabled: true }
      await world.offerEverything(tenant, { attributes: { verification, name_visible_on_dashboard } })
      const named = [{ op: 'add', value: { name: { givenName: 'Jane', familyName: 'Doe' } } }]
      const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: named }
      await world.admin('PATCH', `/scim/v2/${tenant}/Users/${userId}`, body)
      return (await openAccount(tenant)).locator('.lead').innerText()
    }
    expect([await greeting(true), await greeting(false)]).toEqual(['Signed in as Jane Doe', 'Signed in as jane'])
  })

  it('asks for a mobile number at sign-up, twice, as CimAttributes says', async () => {
    const tenant = await world.tenant(PIN_ONLY)
    const sign_up_form_fields = { mobile_number_enabled: true, mobile_number_confirmation_enabled: true }
    await world.offerEverything(tenant, { attributes: { verification: { email_enabled: true }, sign_up_form_fields } })
    const page = await world.page()
    await world.begin(page, tenant)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('E-mail address').fill('jane@example.com')
    await page.getByLabel('Mobile number', { exact: true }).fill('+49 1512 3456789')
    await page.getByLabel('Repeat the mobile number').fill('+49 1512 3456780')
    await press(page, 'Next')
    await page.getByRole('alert').filter({ hasText: 'The two numbers do not match.' }).waitFor()
    await page.getByLabel('Repeat the mobile number').fill('+49 1512 3456789')
    await press(page, 'Next')
    await page.getByLabel('Choose a PIN').waitFor()
  })
})
