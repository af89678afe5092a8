import { mkdir, writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { openPagesWorld, type PagesWorld, SECRET } from '../tests/identity/pages/world.ts'
import { addAuthenticator } from '../tests/support/browser.ts'

/** Writes docs/images/pages/: each page as the running service shows it in Chromium. `npx tsx tools/screenshots.ts [name]`. */

const FOLDER = new URL('../docs/images/pages/', import.meta.url)
const SIZE = { width: 720, height: 620 }

type Scene = (world: PagesWorld, page: Page) => Promise<void>

const giveName = async (page: Page, username = 'jane') => {
  await page.getByLabel('User name').fill(username)
  await page.getByRole('button', { name: 'Continue' }).click()
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function enterSecret(page: Page): Promise<void> {
  await page.getByLabel('Your PIN').fill(SECRET.pin)
  await press(page, 'Next')
  await enterPattern(page)
}
async function enterPattern(page: Page): Promise<void> {
  for (const cell of SECRET.pattern)
    await page.getByRole('button', { name: `Row ${Math.floor(cell / 3) + 1}, column ${(cell % 3) + 1}` }).click()
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

const SCENES: Readonly<Record<string, Scene>> = {
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
    await enterPattern(page)
  },
  wrong: async (world, page) => {
    const tenant = await world.tenant({ use_pattern: false })
    await world.begin(page, tenant)
    await giveName(page)
    await page.getByLabel('Your PIN').fill('000000')
    await press(page, 'Sign in')
    await page.getByRole('alert').filter({ hasText: 'not right' }).waitFor()
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

async function shoot(world: PagesWorld, name: string, scene: Scene, dark: boolean): Promise<void> {
  const page = await world.page({ viewport: SIZE, colorScheme: dark ? 'dark' : 'light', timezoneId: 'UTC' })
  await scene(world, page)
  await page.evaluate('document.activeElement.blur()')
  const picture = await page.screenshot({ fullPage: true, animations: 'disabled' })
  await writeFile(new URL(`${name}${dark ? '-dark' : ''}.png`, FOLDER), picture)
  await page.context().close()
  console.log(`${name}${dark ? '-dark' : ''}: ${Math.ceil(picture.length / 1024)} kB`)
}

const DARK: ReadonlySet<string> = new Set(['sign-in', 'pattern'])
const [wanted] = process.argv.slice(2)
await mkdir(FOLDER, { recursive: true })
const { world, close } = await openPagesWorld()
try {
  for (const [name, scene] of Object.entries(SCENES).filter(([n]) => wanted === undefined || n === wanted)) {
    await shoot(world, name, scene, false)
    if (DARK.has(name)) await shoot(world, name, scene, true)
  }
} finally {
  await close()
}
