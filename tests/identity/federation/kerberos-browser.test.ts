import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LACKS_BROWSER, launchProfile, WHY_NOT } from '../../support/browser.ts'
import { LACKS_KDC, WHY_NO_KDC } from '../../support/kdc.ts'
import { newRequest } from '../oidc/application.ts'
import { REDIRECT } from '../oidc/world.ts'
import { type KerberosWorld, openKerberosWorld, PASSWORD, REALM } from './kerberos-world.ts'

const TRUSTED = '--auth-server-allowlist=localhost'

describe.skipIf(LACKS_KDC || LACKS_BROWSER)(`signing in by a ticket in a browser${WHY_NO_KDC}${WHY_NOT}`, () => {
  let world: KerberosWorld
  let jane: Awaited<ReturnType<KerberosWorld['kdc']['signIn']>>
  beforeAll(async () => {
    world = await openKerberosWorld()
    await world.network({ automatic: true })
    jane = await world.kdc.signIn(`jane@${REALM}`, PASSWORD)
  })
  afterAll(() => world?.close())

  /** Runs something in a browser of somebody who is signed in to the network. */
  const inBrowser = async (
    work: (page: Page, context: BrowserContext) => Promise<void>,
    ...args: readonly string[]
  ) => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-profile-'))
    const context = await launchProfile(folder, jane.env, ...args)
    try {
      await work(await context.newPage(), context)
    } finally {
      await context.close()
      await rm(folder, { recursive: true })
    }
  }
  const begin = async (page: Page) => page.goto((await newRequest(world.app)).address.href)
  /** Does what ends at the application, which nobody serves here. */
  const arrive = async (page: Page, act: () => Promise<unknown>) => {
    const arrival = page.waitForRequest((request) => request.url().startsWith(`${REDIRECT}?code=`))
    await act().catch(() => undefined)
    await arrival
  }

  it('asks somebody new once, and lets them in without a prompt from then on', async () => {
    await inBrowser(async (page, context) => {
      // Chromium loads the Kerberos library of Linux after a site has asked for a ticket.
      await begin(page)
      await begin(page)
      await arrive(page, () => page.getByRole('button', { name: 'Create an account' }).click())
      await context.clearCookies()
      await arrive(page, () => begin(page))
    }, TRUSTED)
  })

  it('shows the form where the browser does not trust the site with tickets', async () => {
    await inBrowser(async (page) => {
      await begin(page)
      await page.getByLabel('User name').fill('jane')
      await page.getByRole('link', { name: 'Sign in with your Network ticket' }).click()
      await page.getByText('Your browser showed no Network ticket.').waitFor()
      expect(await page.getByLabel('User name').isVisible()).toBe(true)
    })
  })
})
