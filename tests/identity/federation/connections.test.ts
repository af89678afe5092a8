import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { identitiesOf } from '../../../identity/directory/identities.ts'
import { requireUser } from '../../../identity/directory/users.ts'
import { Browser, target } from '../oidc/browser.ts'
import { arrive, openStandInWorld, type StandInWorld } from './strangers.ts'
import { claimsOf, events, TENANT, textOf } from './world.ts'

const SEVERAL = 'bind_multiple_external_accounts_with_one_cim_account'

describe('the account page', () => {
  let world: StandInWorld
  let count = 0
  beforeAll(async () => {
    world = await openStandInWorld()
  })
  beforeEach(async () => {
    const name = `own-${++count}`
    world.standIn.person = { sub: name, email: `${name}@example.com`, email_verified: true }
    await world.settings({ features: { [SEVERAL]: true } })
    await world.method()
  })
  afterAll(() => world.close())

  const at = (path: string) => `${world.here.url}/${TENANT}${path}`
  /** Somebody who has signed in from the stand-in, in a browser. */
  const person = async () => {
    const { page, ...login } = await arrive(world)
    const { sub } = await claimsOf(world, login, page)
    const stored = await requireUser(world.here.service.deps, TENANT, sub)
    return {
      browser: login.browser,
      user: stored,
      labels: async () => labelsOf(await identitiesOf(world.here.service.deps.store, stored)),
    }
  }
  const labelsOf = (list: readonly { readonly label: string }[]) => list.map(({ label }) => label)
  const html = async (browser: Browser) => (await browser.open(at('/account'))).text()
  /** Sends the form of the account page that goes to an address. */
  const submit = async (browser: Browser, path: RegExp): Promise<Response> => {
    const page = await html(browser)
    const action = [...page.matchAll(/action="([^"]+)"/g)].map(([, a]) => String(a)).find((a) => path.test(a)) ?? ''
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const body = new URLSearchParams({ csrf })
    return browser.open(world.here.url + action.replaceAll('&amp;', '&'), { method: 'POST', body })
  }
  /** A second login method, at the same stand-in. */
  const second = async (): Promise<string> => {
    const block = {
      client_id: world.standIn.clientId,
      discovery_url: `${world.url}/.well-known/openid-configuration`,
      client_authentication_method: 'CLIENT_SECRET_BASIC',
    }
    const known = (await world.methods()).Second
    const id = known === undefined ? {} : { id: known }
    const method = { ...id, type: 'OPEN_ID_CONNECT', name: 'Second', enabled: true, open_id_connect_attributes: block }
    await world.add(method)
    const made = String((await world.methods()).Second)
    const path = `/v1/organizations/acme/login-methods/${made}/client-secret`
    await world.here.admin('PUT', path, { client_secret: world.standIn.secret })
    return made
  }
  /** Goes from the form that connects to the address at the stand-in, and back. */
  const wayBack = async (browser: Browser): Promise<string> => {
    const away = await (await submit(browser, /\/account\/with\//)).text()
    const address = /content="0; url=([^"]+)"/.exec(away)?.[1]?.replaceAll('&amp;', '&') ?? ''
    return target(await fetch(address, { redirect: 'manual' }), world.url).href
  }

  it('lists the accounts elsewhere that sign the person in', async () => {
    const { browser, user } = await person()
    expect(textOf(await html(browser))).toContain(`Work account ${user.email}`)
  })

  it('connects another one, tells the person by mail, and signs them in with it', async () => {
    await second()
    const { browser, user, labels } = await person()
    world.standIn.person = { sub: `other-${count}`, email: 'jane@elsewhere.example.com' }
    const done = await browser.open(await wayBack(browser))
    expect(done.headers.get('location')).toContain('notice=connected')
    expect(await labels()).toEqual([user.email, 'jane@elsewhere.example.com'])
    expect((await events(world)).at(-1)).toMatchObject({
      event: 'identity.connected',
      subject: { user_id: user.user_id },
    })
    const { messages } = await world.here.admin<{ messages: { to: string; subject: string }[] }>(
      'GET',
      `/v1/tenants/${TENANT}/outbox?limit=100`,
    )
    expect(messages).toContainEqual(
      expect.objectContaining({ to: user.email, subject: expect.stringContaining('another account signs you in') }),
    )
  })

  it('offers no other one where the settings allow one alone', async () => {
    await second()
    await world.settings({ features: { [SEVERAL]: false } })
    const { browser } = await person()
    expect(await html(browser)).not.toContain('Connect Second')
  })

  it('takes a return in the session that began it only', async () => {
    await second()
    const { browser, labels } = await person()
    world.standIn.person = { sub: `other-${count}` }
    const back = await wayBack(browser)
    expect((await new Browser().open(back)).status).toBe(401)
    world.standIn.person = { sub: `third-${count}`, email: `third-${count}@example.com`, email_verified: true }
    expect((await (await person()).browser.open(back)).status).toBe(401)
    expect(await labels()).toHaveLength(1)
  })

  it('connects no account that signs in somebody else', async () => {
    await second()
    const { browser } = await person()
    world.standIn.person = { sub: `shared-${count}` }
    await browser.open(await wayBack(browser))
    world.standIn.person = { sub: `third-${count}`, email: `third-${count}@example.com`, email_verified: true }
    const other = await person()
    world.standIn.person = { sub: `shared-${count}` }
    const answer = await other.browser.open(await wayBack(other.browser))
    expect([answer.status, textOf(await answer.text())]).toEqual([409, expect.stringContaining('connected already')])
  })

  it('begins nothing for a form that another site sent', async () => {
    const id = await second()
    const { browser } = await person()
    const answer = await browser.open(at(`/account/with/${id}`), { method: 'POST', body: new URLSearchParams() })
    expect(answer.status).toBe(403)
  })

  it('disconnects one of several', async () => {
    await second()
    const { browser, labels, user } = await person()
    world.standIn.person = { sub: `other-${count}`, email: 'jane@elsewhere.example.com' }
    await browser.open(await wayBack(browser))
    const done = await submit(browser, /\/account\/connections\//)
    expect(done.headers.get('location')).toContain('notice=disconnected')
    expect(await labels()).toEqual(['jane@elsewhere.example.com'])
    expect((await events(world)).at(-1)).toMatchObject({
      event: 'identity.disconnected',
      subject: { user_id: user.user_id },
    })
  })

  it('never disconnects the last way in', async () => {
    const { browser, labels } = await person()
    const answer = await submit(browser, /\/account\/connections\//)
    expect([answer.status, textOf(await answer.text())]).toEqual([409, expect.stringContaining('last way to sign in')])
    expect(await labels()).toHaveLength(1)
  })
})
