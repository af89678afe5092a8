import type { Page } from 'playwright-core'
import { addAuthenticator } from '../../support/browser.ts'
import { giveName, press, tapPattern } from './acts.ts'
import { type PagesWorld, SECRET } from './world.ts'

/** Brings a fresh browser to one page. */
export type Scene = (world: PagesWorld, page: Page) => Promise<void>

async function enterSecret(page: Page): Promise<void> {
  await page.getByLabel('Your PIN').fill(SECRET.pin)
  await press(page, 'Next')
  await tapPattern(page, SECRET.pattern)
}
/** A tenant under an organization that offers text passwords and mailed codes, too. */
async function fullTenant(world: PagesWorld, more: object = {}, client: object = {}): Promise<string> {
  const tenant = await world.tenant(more, client)
  await world.offerEverything(tenant)
  return tenant
}

async function signedIn(world: PagesWorld, page: Page): Promise<string> {
  const tenant = await fullTenant(world)
  await world.person(tenant)
  await page.goto(`${world.url}/${tenant}/account`)
  await giveName(page)
  await enterSecret(page)
  await press(page, 'Sign in')
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  return tenant
}

/** Every page that people see, by a name for it: the pictures are taken of these, and the accessibility is checked on these. */
export const SCENES: Readonly<Record<string, Scene>> = {
  'sign-in': async (world, page) => {
    const links = { op_policy_url: 'https://shop.example.com/privacy', op_tos_url: 'https://shop.example.com/terms' }
    await world.begin(page, await fullTenant(world, {}, links))
    await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor()
  },
  pin: async (world, page) => {
    await world.begin(page, await fullTenant(world))
    await giveName(page)
    await page.getByLabel('Your PIN').fill('204')
  },
  pattern: async (world, page) => {
    await world.begin(page, await fullTenant(world))
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Next')
    await tapPattern(page, SECRET.pattern)
  },
  wrong: async (world, page) => {
    const tenant = await world.tenant({ use_pattern: false })
    await world.begin(page, tenant)
    await giveName(page)
    await page.getByLabel('Your PIN').fill('000000')
    await press(page, 'Sign in')
    await page.getByRole('alert').filter({ hasText: 'did not match' }).waitFor()
  },
  'second-factor': async (world, page) => {
    const tenant = await world.tenant({ is_2fa: true, use_pattern: false })
    await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    await world.begin(page, tenant)
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
    await page.getByRole('button', { name: 'Create a passkey' }).waitFor()
  },
  password: async (world, page) => {
    await world.begin(page, await fullTenant(world))
    await giveName(page)
    await page.getByRole('link', { name: 'Use your password' }).click()
    await page.getByLabel('Password').waitFor()
  },
  code: async (world, page) => {
    await world.begin(page, await fullTenant(world))
    await giveName(page)
    await page.getByRole('link', { name: 'Get a code by mail' }).click()
    await press(page, 'Mail me a code')
    await page.getByLabel('Code').waitFor()
  },
  'sign-up': async (world, page) => {
    await world.begin(page, await world.tenant())
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('User name').fill('jane')
    await page.getByLabel('E-mail address').fill('jane@example.com')
  },
  consent: async (world, page) => {
    const tenant = await world.tenant({ use_pattern: false }, { allowed_scopes: ['orders:read'] })
    await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    await world.begin(page, tenant, { scope: 'openid email offline_access orders:read', prompt: 'consent' })
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
    await page.getByRole('button', { name: 'Allow', exact: true }).waitFor()
  },
  'extra-form': async (world, page) => {
    const tenant = await world.tenant({ use_pattern: false })
    await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    const rules = ['NAME', 'PHONE', 'BIRTH_DATE'].map((attribute) => ({ any_of: [attribute] }))
    await world.offerEverything(tenant, { profile: { required_attributes_validation_rules: rules } })
    await world.begin(page, tenant)
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
    await page.getByLabel('First name').waitFor()
  },
  reset: async (world, page) => {
    await world.begin(page, await world.tenant())
    await page.getByRole('link', { name: 'I cannot sign in' }).click()
    await page.getByLabel('User name').waitFor()
  },
  'reset-code': async (world, page) => {
    const tenant = await world.tenant()
    await page.goto(`${world.url}/${tenant}/reset/code?client_id=shop&code=7Q2MA-0KX9D-PZR4T-HV81C`)
    await page.getByLabel('User name').fill('jane')
  },
  verify: async (world, page) => {
    await page.goto(`${world.url}/${await world.tenant()}/verify?code=7Q2MA-0KX9D-PZR4T-HV81C`)
  },
  account: async (world, page) => {
    await addAuthenticator(page)
    await signedIn(world, page)
    await press(page, 'Add a passkey')
    await page.getByText('The passkey is added.').waitFor()
  },
  authenticator: async (world, page) => {
    const tenant = await world.tenant({ use_pattern: false })
    await world.person(tenant, 'jane', { pin: 6 }, { pin: SECRET.pin })
    await world.offerEverything(tenant, { features: { google_authenticator_step_up_authentication_enabled: true } })
    await page.goto(`${world.url}/${tenant}/account/authenticator`)
    await giveName(page)
    await page.getByLabel('Your PIN').fill(SECRET.pin)
    await press(page, 'Sign in')
    await page.getByLabel('Code of the app').waitFor()
  },
  'change-secret': async (world, page) => {
    const tenant = await signedIn(world, page)
    await page.goto(`${world.url}/${tenant}/account/secret`)
    await page.getByLabel('Choose a PIN').fill('20486')
  },
  'change-email': async (world, page) => {
    const tenant = await signedIn(world, page)
    await page.goto(`${world.url}/${tenant}/account/email`)
    await page.getByLabel('New e-mail address').fill('jane@example.org')
  },
  'sign-out': async (world, page) => {
    const tenant = await signedIn(world, page)
    await page.goto(`${world.url}/${tenant}/oidc/logout`)
  },
  'signed-out': async (world, page) => {
    const tenant = await signedIn(world, page)
    await page.goto(`${world.url}/${tenant}/oidc/logout`)
    await press(page, 'Sign out')
    await page.getByText('You are signed out').waitFor()
  },
  device: async (world, page) => {
    await page.goto(`${world.url}/${await world.tenant()}/oidc/device`)
  },
  outbox: async (world, page) => {
    const tenant = await world.tenant()
    await world.person(tenant)
    await page.goto(`${world.url}/${tenant}/outbox`)
    await page.getByLabel('Administrator key').fill(String(world.service.createdAdminKey))
    await press(page, 'Show the messages')
    await page.getByText('Lock the outbox').waitFor()
  },
  error: async (world, page) => {
    await page.goto(`${world.url}/${await world.tenant()}/login?auth_req_id=gone`)
  },
}
