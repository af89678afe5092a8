import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { LACKS_BROWSER, launchWholeBrowser, WHY_NOT } from '../../support/browser.ts'
import { giveName, press } from '../pages/acts.ts'
import { openPagesWorld, type PagesWorld } from '../pages/world.ts'
import { PushServiceStandIn, type Subscription } from './stand-in.ts'

const PASSWORD = 'correct horse battery'
const ON = { mobile_authentication_enabled: true }
/** No codes by e-mail: there is no other way to confirm a login. */
const NO_CODES = { customers_can_use_hotp_login: false, non_customers_can_use_hotp_login: false }
const TWO_FACTORS = { acr_values: 'urn:plumbline:acr:multi-factor' }

/** What the service sends to a browser. */
interface Notice {
  readonly title: string
  readonly body: string
  readonly url: string
}

describe.skipIf(LACKS_BROWSER)(`approval in another browser${WHY_NOT}`, () => {
  let world: PagesWorld
  let close: () => Promise<void>
  let standIn: PushServiceStandIn
  const clock = { ahead: 0 }
  beforeAll(async () => {
    standIn = await PushServiceStandIn.start()
    const now = () => new Date(Date.now() + clock.ahead)
    ;({ world, close } = await openPagesWorld({ now, outboundNetworks: ['127.0.0.0/8'] }))
  })
  afterAll(async () => {
    await close?.()
    await standIn?.close()
  })

  /** Jane with a password, her other browser, and what it subscribed. */
  interface Place {
    readonly tenant: string
    readonly other: Page
    readonly subscription: Subscription
  }

  /** A tenant that takes approvals, in which jane has a password. */
  const place = async (features: object = ON, more: object = {}, browser = world.browser): Promise<Place> => {
    const tenant = await world.tenant({ use_pattern: false, passkey_enabled: false, ...more })
    const jane = { user_id: 'jane', username: 'jane', email: 'jane@example.com', tenant_id: tenant, is_verified: true }
    await world.admin('POST', `/v1/tenants/${tenant}/users`, jane)
    await world.admin('PUT', `/v1/tenants/${tenant}/users/jane/password`, { password: PASSWORD })
    await world.offerEverything(tenant, { features: { login_enabled: true, ...features } }, NO_CODES)
    return { tenant, ...(await otherBrowser(tenant, browser)) }
  }

  /** A browser without a way to Google's push service: it subscribes at the stand-in, and all else in it is real. */
  const otherBrowser = async (tenant: string, browser: Browser) => {
    const subscription = standIn.subscribe()
    const context = await world.context({ permissions: ['notifications'] }, browser)
    await context.addInitScript(({ endpoint, p256dh, auth }) => {
      const subscribed = { toJSON: () => ({ endpoint, keys: { p256dh, auth } }) }
      Object.assign((globalThis as unknown as { PushManager: { prototype: object } }).PushManager.prototype, {
        subscribe: async () => subscribed,
      })
    }, subscription)
    const other = await context.newPage()
    other.setDefaultTimeout(20_000)
    await other.goto(`${world.url}/${tenant}/account`)
    return { other, subscription }
  }

  const enterPassword = async (page: Page) => {
    await giveName(page)
    await page.getByRole('link', { name: 'Use your password' }).click()
    await page.getByLabel('Password').fill(PASSWORD)
    await press(page, 'Sign in')
  }

  /** Signs in to the account page with the password alone, and lets the browser approve logins from then on. */
  const setUp = async ({ other }: Place): Promise<void> => {
    await enterPassword(other)
    await other.getByRole('link', { name: 'Set up this browser' }).click()
    await press(other, 'Set up this browser')
    await other.getByText('This browser approves your logins from now on.').waitFor()
  }

  /** Jane with a browser that approves. */
  const ready = async (features: object = ON, more: object = {}, browser = world.browser): Promise<Place> => {
    const made = await place(features, more, browser)
    await setUp(made)
    return made
  }

  /** A login elsewhere that has got as far as the second factor. */
  const begin = async (tenant: string) => {
    const page = await world.page({ javaScriptEnabled: true })
    const asked = await world.begin(page, tenant, TWO_FACTORS)
    await enterPassword(page)
    return { page, asked }
  }
  const numberOn = async (page: Page): Promise<string> =>
    /enter this number there: (\d\d)/.exec(await page.locator('main').innerText())?.[1] ?? ''
  const send = async (page: Page): Promise<string> => {
    await press(page, 'Send the notification')
    await page.getByText('Open the notification').waitFor()
    return numberOn(page)
  }
  const noticeOf = ({ subscription }: Place): Notice =>
    JSON.parse(standIn.messagesOf(subscription).at(-1)?.text ?? '{}') as Notice
  const alert = (page: Page, hasText: string) => page.getByRole('alert').filter({ hasText }).waitFor()
  /** What the browser does with the message: its service worker shows it, and leads there. */
  const open = async (made: Place): Promise<void> => {
    await made.other.goto(new URL(noticeOf(made).url, world.url).href)
  }
  const answer = async ({ other }: Place, number: string): Promise<void> => {
    await other.getByLabel('Number shown where you are signing in').fill(number)
    await press(other, 'Approve')
  }
  const refuses = async (page: Page): Promise<void> => {
    await press(page, 'I have approved it')
    await alert(page, 'The login was not approved')
  }

  it('takes the number that the login shows, and counts as a second factor of its own', async () => {
    const made = await ready()
    expect(await world.mail(made.tenant, 'jane@example.com', 'a browser approves your logins')).toContain('Hello jane')
    const { page, asked } = await begin(made.tenant)
    const number = await send(page)
    await press(page, 'I have approved it')
    await alert(page, 'It is not approved yet.')
    await open(made)
    await made.other.getByText('Shop wants to sign you in on Chrome').waitFor()
    await answer(made, number)
    await made.other.getByRole('status').filter({ hasText: 'Approved' }).waitFor()
    await press(page, 'I have approved it')
    expect(await world.claims(page, asked)).toMatchObject({ sub: 'jane', amr: ['pwd', 'mca', 'mfa'] })
  })

  it('is shown by the service worker of the browser, which leads to the page of the login', async () => {
    const browser = await launchWholeBrowser()
    onTestFinished(() => browser.close())
    const made = await ready(ON, {}, browser)
    const { page } = await begin(made.tenant)
    await send(page)
    const [worker] = made.other.context().serviceWorkers()
    const session = await made.other.context().newCDPSession(made.other)
    const registrationId = await new Promise<string>((found) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [registration] = registrations.filter(({ scopeURL }) => scopeURL.includes(made.tenant))
        if (registration !== undefined) found(registration.registrationId)
      })
      void session.send('ServiceWorker.enable')
    })
    const data = JSON.stringify(noticeOf(made))
    await session.send('ServiceWorker.deliverPushMessage', { origin: world.url, registrationId, data })
    const shown = () =>
      worker?.evaluate(async () => {
        const { registration } = globalThis as unknown as {
          registration: { getNotifications(): Promise<{ title: string; body: string; data: { url: string } }[]> }
        }
        const [first] = await registration.getNotifications()
        return first && { title: first.title, body: first.body, url: first.data.url }
      })
    await expect.poll(shown, { timeout: 20_000 }).toEqual(noticeOf(made))
    expect(noticeOf(made).title).toBe('Acme: Approve a login')
  })

  it('is refused by another number, by who says that it is not them, and by nobody else', async () => {
    const made = await ready()
    for (const deny of [true, false]) {
      const { page } = await begin(made.tenant)
      const number = await send(page)
      await open(made)
      if (deny) await press(made.other, 'It is not me')
      else await answer(made, number === '10' ? '11' : '10')
      await made.other.getByRole('status').filter({ hasText: 'Refused.' }).waitFor()
      await refuses(page)
      clock.ahead += 3600_000
    }
    const { page, asked } = await begin(made.tenant)
    const number = await send(page)
    await open(made)
    await press(made.other, 'Approve')
    await alert(made.other, 'Enter the code.')
    await answer(made, number)
    await press(page, 'I have approved it')
    expect(await world.claims(page, asked)).toMatchObject({ sub: 'jane' })
  })

  it('refused ones count as guesses: the second factor is blocked after some of them', async () => {
    const made = await ready(ON, { block_config: { user_attempts_limit: 2, initial_block_seconds: 7200 } })
    for (let i = 0; i < 2; i++) {
      const { page } = await begin(made.tenant)
      await send(page)
      await open(made)
      await press(made.other, 'It is not me')
      clock.ahead += 120_000
    }
    const { page } = await begin(made.tenant)
    const number = await send(page)
    await open(made)
    await answer(made, number)
    await press(page, 'I have approved it')
    await alert(page, 'Too many')
  })

  it('is asked for one login at a time, and a few times in a row: nobody is worn down by messages', async () => {
    const made = await ready()
    const first = await begin(made.tenant)
    await send(first.page)
    const second = await begin(made.tenant)
    await press(second.page, 'Send the notification')
    await alert(second.page, 'Another login is waiting for your approval')
    expect(standIn.messagesOf(made.subscription)).toHaveLength(1)
    for (let i = 0; i < 5; i++) {
      clock.ahead += 121_000 / 5
      await press(second.page, 'Send the notification')
      await second.page.getByRole('heading', { name: 'Approve in another browser' }).waitFor()
      if (await numberOn(second.page)) break
    }
    expect(standIn.messagesOf(made.subscription)).toHaveLength(2)
  })

  it('is over after two minutes, and once it was answered', async () => {
    const made = await ready()
    const { page } = await begin(made.tenant)
    const number = await send(page)
    await open(made)
    clock.ahead += 121_000
    await answer(made, number)
    await alert(made.other, 'No login is waiting for your approval.')
    await refuses(page)
    await open(made)
    await alert(made.other, 'No login is waiting for your approval.')
  })

  it('takes nothing from who does not have the message', async () => {
    const made = await ready()
    const { page } = await begin(made.tenant)
    const number = await send(page)
    const login = new URL(page.url()).searchParams.get('auth_req_id') ?? ''
    const thief = await world.page()
    await thief.goto(`${world.url}/${made.tenant}/push/approve?login=${login}&token=${'A'.repeat(43)}`)
    await alert(thief, 'No login is waiting for your approval.')
    await open(made)
    await answer(made, number)
    await thief.goto(page.url())
    await thief.getByText('no longer pending in this browser').waitFor()
  })

  it('forgets a browser that takes no messages any more, and says that none can be reached', async () => {
    const made = await ready()
    standIn.unsubscribe(made.subscription)
    const { page } = await begin(made.tenant)
    await press(page, 'Send the notification')
    await page
      .getByRole('alert')
      .filter({ hasText: /reached|cannot/ })
      .waitFor()
    await made.other.goto(`${world.url}/${made.tenant}/account/push`)
    await made.other.getByText('No browser approves your logins yet.').waitFor()
  })

  it('ends with its removal', async () => {
    const made = await ready()
    await made.other.goto(`${world.url}/${made.tenant}/account/push`)
    await press(made.other, 'Remove Chrome, Linux')
    await made.other.getByText('The browser has been removed.').waitFor()
    const { page } = await begin(made.tenant)
    await page.getByRole('alert').waitFor()
  })

  it('mobile_authentication_enabled off: nobody is offered it, and nobody can set it up', async () => {
    const made = await place({})
    await enterPassword(made.other)
    await made.other.getByRole('heading', { name: 'Your account' }).waitFor()
    expect(await made.other.getByText('Set up this browser').count()).toBe(0)
    await made.other.goto(`${world.url}/${made.tenant}/account/push`)
    expect(await made.other.getByRole('button', { name: 'Set up this browser' }).count()).toBe(0)
  })
})
