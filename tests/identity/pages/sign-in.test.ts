import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAuthenticator, LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { openPagesWorld, type PagesWorld, SECRET } from './world.ts'

describe.skipIf(LACKS_BROWSER)(`signing in by browser${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openPagesWorld())
  })
  afterAll(() => close?.())

  const giveName = async (page: Page, username = 'jane') => {
    await page.getByLabel('User name').fill(username)
    await page.getByRole('button', { name: 'Continue' }).click()
  }
  const tapPin = async (page: Page, pin: string) => {
    for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click()
  }
  const tapPattern = async (page: Page, cells: readonly number[], side = 3) => {
    for (const cell of cells)
      await page
        .getByRole('button', { name: `Row ${Math.floor(cell / side) + 1}, column ${(cell % side) + 1}` })
        .click()
  }
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

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
    await draw(page, pattern, 3)
    await press(page, 'Sign in')
    expect(await world.claims(page, asked)).toMatchObject({ sub: userId, amr: ['pin'] })
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
    await page.keyboard.press('Tab')
    await page.keyboard.type('jane')
    await page.keyboard.press('Enter')
    await page.getByLabel('Your PIN').waitFor()
    await page.keyboard.type(SECRET.pin)
    await page.keyboard.press('Enter')
    await page.getByText('Your pattern').waitFor()
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
    await page.getByRole('button', { name: 'Sign in' }).focus()
    await page.keyboard.press('Enter')
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
    await page.getByRole('alert').filter({ hasText: 'That was not right' }).waitFor()
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

  it('gives up, and the application is told', async () => {
    const tenant = await world.tenant()
    const page = await world.page()
    await world.begin(page, tenant)
    await page.getByRole('link', { name: 'Cancel' }).click()
    expect((await world.back(page)).get('error')).toBe('access_denied')
  })
})

/** Drags over the points of a grid. */
async function draw(page: Page, cells: readonly number[], side: number): Promise<void> {
  const box = await page.locator('.grid:visible').boundingBox()
  if (!box) throw new Error('no grid is visible')
  const size = box.width / side
  const middle = (cell: number) =>
    [box.x + ((cell % side) + 0.5) * size, box.y + (Math.floor(cell / side) + 0.5) * size] as const
  const [first = 0, ...others] = cells
  await page.mouse.move(...middle(first))
  await page.mouse.down()
  for (const cell of others) await page.mouse.move(...middle(cell), { steps: 4 })
  await page.mouse.up()
}
