import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newRequest, openApplication } from '../oidc/application.ts'
import { Browser, reachLogin } from '../oidc/browser.ts'
import { ANNA, BO } from './bankid-stand-in.ts'
import {
  addressOf,
  type BankIdWorld,
  create,
  openBankIdWorld,
  pictureOn,
  reachBankId,
  settle,
  signInByPicture,
  stateOf,
} from './bankid-world.ts'
import { claimsOf, isSignedIn, TENANT } from './world.ts'

const OTHER_TENANT = 'acme-staff'

describe('attacks on logins with BankID', () => {
  let world: BankIdWorld
  let id: string
  beforeAll(async () => {
    world = await openBankIdWorld()
    const names = {
      tenant_id: OTHER_TENANT,
      display_name: 'Staff',
      register_enable: true,
      has_username_and_email: true,
    }
    await world.here.admin('POST', '/v1/tenants', names)
    await world.here.admin('PUT', `/v1/organizations/acme/tenants/${OTHER_TENANT}`)
  })
  beforeEach(async () => {
    world.standIn.calls.length = 0
    id = await world.bankId()
  })
  afterAll(() => world?.close())

  /** An order that the person has approved and nobody has collected yet. */
  const approved = async () => {
    const at = await reachBankId(world, id)
    world.standIn.scan(await pictureOn(world, at), ANNA)
    world.standIn.approve()
    world.pass(2)
    return at
  }
  const collects = () => world.standIn.calls.filter(({ operation }) => operation === 'collect').length

  it('the order of another browser is neither shown nor collected', async () => {
    const at = await approved()
    const thief = new Browser()
    for (const rest of ['', '/state', '/picture', '/leave', '/return'])
      expect((await thief.open(addressOf(world, at, rest))).status, rest).toBe(401)
    const posted = await thief.open(addressOf(world, at), { method: 'POST', body: new URLSearchParams() })
    expect(posted.status).toBe(403)
    expect(collects()).toBe(0)
    expect((await settle(world, at, world.here.url)).status).toBeLessThan(400)
  })

  it('the order of another login of the same browser is not the own one', async () => {
    const at = await approved()
    const request = await newRequest(world.app, 'openid', {})
    const handle = await reachLogin(world.here, at.browser, request.address)
    expect((await at.browser.open(addressOf(world, { handle, id }, '/state'))).status).toBe(404)
    expect(collects()).toBe(0)
  })

  it('an order that signed somebody in is used up, however often the form comes', async () => {
    const { at, page } = await signInByPicture(world, id)
    await claimsOf(world, at, await create(world, at, page))
    const again = await approved()
    const answers = await Promise.all(Array.from({ length: 4 }, () => settle(world, again, world.here.url)))
    const bodies = await Promise.all(answers.map((answer) => answer.text()))
    expect(bodies.filter((html) => html.includes('oidc/complete'))).toHaveLength(1)
    expect(collects()).toBeLessThanOrEqual(2)
  })

  it('a picture that is passed on is no good a few seconds later', async () => {
    const at = await reachBankId(world, id)
    const picture = await pictureOn(world, at)
    world.pass(10)
    expect(world.standIn.scan(picture, ANNA)).toBe(false)
  })

  it('an order that nobody took up in time signs nobody in', async () => {
    const at = await reachBankId(world, id)
    world.pass(200)
    expect(world.standIn.scan(await pictureOn(world, at), ANNA)).toBe(false)
    expect((await settle(world, at, world.here.url)).status).toBe(401)
    expect(await isSignedIn(world, at.browser)).toBe(false)
  })

  it('an order that is collected too late signs nobody in', async () => {
    const at = await approved()
    world.standIn.bent.push({ status: 400, content: { errorCode: 'invalidParameters', details: 'No such order' } })
    expect((await settle(world, at, world.here.url)).status).toBe(401)
  })

  describe('a link to the app that somebody else was sent', () => {
    const PHISHED = /href="([^"]*autostarttoken[^"]*)"/
    const phished = async () => {
      const at = await reachBankId(world, id, true)
      const link = PHISHED.exec(at.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
      world.standIn.start(link, BO)
      const back = world.standIn.approve() ?? ''
      world.pass(2)
      return { at, back }
    }

    it('signs nobody in where the login began: the app leads back to the browser of the victim', async () => {
      const { at, back } = await phished()
      expect((await new Browser().open(back)).status).toBe(401)
      expect(await stateOf(world, at)).toEqual({ waits: true, text: expect.stringContaining('Go back to the page') })
      expect((await settle(world, at, world.here.url)).status).toBe(200)
      expect(await isSignedIn(world, at.browser)).toBe(false)
    })

    it('cannot be made up for by a guess of the way back', async () => {
      const { at, back } = await phished()
      const guess = new URL(back)
      guess.searchParams.set('nonce', '00000000-0000-4000-8000-000000000000')
      expect((await at.browser.open(guess.href)).status).toBe(401)
      expect(await isSignedIn(world, at.browser)).toBe(false)
    })

    it('nor is the order of a picture finished by a way back', async () => {
      const at = await reachBankId(world, id)
      expect((await at.browser.open(`${addressOf(world, at, '/return')}&nonce=`)).status).toBe(401)
    })
  })

  it('a personal number that is known at one tenant is nobody at another one', async () => {
    const { at, page } = await signInByPicture(world, id)
    const { sub } = await claimsOf(world, at, await create(world, at, page))
    const application = await openApplication(world.here, { register_enable: true }, OTHER_TENANT)
    const browser = new Browser()
    const request = await newRequest(application, 'openid', {})
    const handle = await reachLogin(world.here, browser, request.address)
    const address = (rest = '') => `${world.here.url}/${OTHER_TENANT}/login/bankid/${id}${rest}?auth_req_id=${handle}`
    const html = await (await browser.open(address())).text()
    // The order of this tenant's login is none at the other one's pages.
    const elsewhere = address().replace(`/${OTHER_TENANT}/`, `/${TENANT}/`)
    expect((await browser.open(elsewhere)).status).toBe(401)
    const { autoStartToken } = world.standIn.order
    world.standIn.start(`bankid:///?autostarttoken=${autoStartToken}`, ANNA)
    world.standIn.approve()
    world.pass(2)
    const done = await settle(world, { ...at, browser, html }, world.here.url)
    // A stranger, who is asked who they are.
    expect([done.status, done.headers.get('location')]).toEqual([303, expect.stringContaining('/login/with/first')])
    expect(html).not.toContain(sub)
  })

  it('the login method of another organization is not taken', async () => {
    const at = await reachBankId(world, id)
    expect((await at.browser.open(addressOf(world, { ...at, id: 'username-and-password' }))).status).toBe(403)
  })

  it('who BankID says it is has to be a personal number, of the order that was asked for', async () => {
    const answers = [
      { orderRef: 'other', status: 'complete', completionData: { user: ANNA } },
      { status: 'complete', completionData: { user: { ...ANNA, personalNumber: '' } } },
      { status: 'complete' },
      { status: 'done', completionData: { user: ANNA } },
    ]
    for (const answer of answers) {
      const at = await reachBankId(world, id)
      const { orderRef } = world.standIn.order
      world.standIn.bent.push({ status: 200, content: { orderRef, ...answer } })
      expect((await settle(world, at, world.here.url)).status).toBe(401)
      expect(await isSignedIn(world, at.browser)).toBe(false)
    }
  })
})
