import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, WHY_NOT } from '../../support/browser.ts'
import { ANNA, BankIdStandIn, BO } from '../federation/bankid-stand-in.ts'
import { textOfPicture } from '../federation/bankid-world.ts'
import { LOOPBACK } from '../oidc/world.ts'
import { press } from './acts.ts'
import { faults, overflows } from './axe.ts'
import { openPagesWorld, type PagesWorld } from './world.ts'

const NARROW = { width: 320, height: 640 }

describe.skipIf(LACKS_BROWSER)(`the pages of BankID in a browser${WHY_NOT}`, () => {
  let standIn: BankIdStandIn
  let world: PagesWorld
  let close: () => Promise<void>
  let tenant: string
  beforeAll(async () => {
    standIn = await BankIdStandIn.open()
    ;({ world, close } = await openPagesWorld({ outboundNetworks: LOOPBACK, bankIdUrl: standIn.url }))
    tenant = await world.tenant({ has_username_and_email: true })
    const bankId = { customers_can_use_bankid_login: true, non_customers_can_use_bankid_login: true }
    await world.offerEverything(tenant, {}, bankId)
    await world.addLoginMethod(tenant, { type: 'BANK_ID', name: 'BankID', enabled: true, authentication_level: 3 })
    const key = (name: string, material: object) =>
      world.admin('PUT', `/v1/organizations/org-${tenant}/keys/${name}`, material)
    await key('bankid', { private_key: standIn.client.privateKey, certificate: standIn.client.certificate })
    await key('bankid-authority', { certificate: standIn.authority })
  })
  afterAll(async () => {
    await close?.()
    standIn?.close()
  })

  /** By keyboard alone. */
  const go = async (page: Page, name: string | RegExp) => {
    await page.getByRole('link', { name }).focus()
    await page.keyboard.press('Enter')
  }
  const begin = async (options: Parameters<PagesWorld['page']>[0] = {}) => {
    const page = await world.page(options)
    const asked = await world.begin(page, tenant)
    await go(page, 'Sign in with BankID')
    await page.locator('#state').waitFor()
    return { page, asked }
  }
  const image = (page: Page) => page.getByRole('img', { name: 'Picture for the BankID app' })
  const scan = async (page: Page, person: typeof ANNA) => {
    const address = new URL((await image(page).getAttribute('src')) ?? '', page.url())
    const svg = await (await page.request.get(address.href)).text()
    expect(standIn.scan(textOfPicture(standIn, svg), person)).toBe(true)
  }

  it('the picture moves, the page says what the app waits for, and goes on by itself', async () => {
    const { page, asked } = await begin()
    const first = await image(page).getAttribute('src')
    await page.locator(`.qr img:not([src="${first}"])`).waitFor()
    await scan(page, ANNA)
    await page.getByRole('status').filter({ hasText: 'Enter your security code' }).waitFor()
    standIn.approve()
    await page.getByRole('heading', { name: 'Your first time here with BankID' }).waitFor()
    await press(page, 'Create an account')
    expect((await world.claims(page, asked)).amr).toContain('mfa')
  })

  it('works without JavaScript', async () => {
    const { page, asked } = await begin({ javaScriptEnabled: false })
    await scan(page, ANNA)
    standIn.approve()
    await press(page, 'I have identified myself')
    expect((await world.claims(page, asked)).amr).toContain('mfa')
  })

  it('a phone: the way back from the app ends in the browser that began', async () => {
    const { page, asked } = await begin({ userAgent: 'Mozilla/5.0 (Linux; Android 15; Pixel 9) Mobile Chrome/140.0' })
    const link = page.getByRole('link', { name: 'Open BankID' })
    expect(standIn.start((await link.getAttribute('href')) ?? '', BO)).toBe(true)
    await page.goto(standIn.approve() ?? '')
    await press(page, 'Create an account')
    expect((await world.claims(page, asked)).amr).toContain('mfa')
  })

  it('what went wrong is announced, and another try is one press away', async () => {
    const { page } = await begin()
    standIn.end('userCancel')
    await page.getByRole('alert').filter({ hasText: 'You cancelled in the BankID app' }).waitFor()
    await page.getByRole('button', { name: 'Try again' }).press('Enter')
    await image(page).waitFor()
  })

  describe.each(['en-GB', 'de-CH'])('in %s', (locale) => {
    it.each(['picture', 'device', 'failure'] as const)('%s: accessible, and fits a narrow screen', async (scene) => {
      const page = await world.page({ viewport: NARROW, reducedMotion: 'reduce', locale })
      const errors: string[] = []
      page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()))
      await world.begin(page, tenant)
      await page.locator('a[href*="/login/with/"]').click()
      await page.locator('#state').waitFor()
      if (scene === 'device') await page.locator('a[href*="way=device"]').click()
      if (scene === 'device') await page.locator('a[href*="autostarttoken"]').waitFor()
      if (scene === 'failure') standIn.end('userCancel')
      if (scene === 'failure') await page.locator('#problem:not(:empty)').waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await faults(page), colorScheme).toEqual([])
      }
      expect({ errors, overflow: await overflows(page) }).toEqual({ errors: [], overflow: false })
      await page.context().close()
    })
  })
})
