import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { serviceSettings } from '../../../identity/environment.ts'
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
import { claimsOf, events, TENANT, textOf, waitAt } from './world.ts'

// BankID takes companies with a contract alone: a stand-in that does as BankID publishes is in its place.
describe('signing in with BankID', () => {
  let world: BankIdWorld
  let id: string
  beforeAll(async () => {
    world = await openBankIdWorld()
  })
  beforeEach(async () => {
    world.standIn.calls.length = 0
    world.standIn.bent.length = 0
    id = await world.bankId()
  })
  afterAll(() => world?.close())
  const reason = async () => (await events(world)).at(-1)?.subject.reason

  it('by a picture that the app scans: who it is comes with name, level and two factors', async () => {
    const { at, page } = await signInByPicture(world, id)
    const claims = await claimsOf(world, at, await create(world, at, page))
    expect(claims).toMatchObject({
      amr: ['fed', 'urn:plumbline:login-method:BankId%2FBankID', 'mfa'],
      acr: 'urn:plumbline:acr:multi-factor',
    })
    const user = await world.here.service.deps.store.get(USERS, TENANT, claims.sub)
    expect(user).toMatchObject({
      attributes: { displayName: 'Anna Svensson', name: { givenName: 'Anna', familyName: 'Svensson' } },
      email: '',
    })
    const again = await signInByPicture(world, id)
    expect((await claimsOf(world, again.at, again.page)).sub).toBe(claims.sub)
  })

  it('the app is told what the login is for, and BankID from which browser it comes', async () => {
    await reachBankId(world, id)
    const { content } = world.standIn.calls[0] ?? {}
    expect(Buffer.from(String(content?.userVisibleData), 'base64').toString()).toBe('Sign in to Acme')
    expect(content).toMatchObject({ endUserIp: '127.0.0.1', web: { referringDomain: '127.0.0.1' } })
    expect(content).not.toHaveProperty('returnUrl')
  })

  it('the picture is another one each second, and the page holds no secret of it', async () => {
    const at = await reachBankId(world, id)
    const first = await pictureOn(world, at)
    world.pass(1)
    expect(await pictureOn(world, at)).not.toBe(first)
    const { qrStartSecret, autoStartToken } = world.standIn.order
    expect(at.html).not.toContain(qrStartSecret)
    expect(at.html).not.toContain(autoStartToken)
  })

  it('BankID is asked every two seconds, however often the page asks', async () => {
    const at = await reachBankId(world, id)
    const collects = () => world.standIn.calls.filter(({ operation }) => operation === 'collect').length
    await Promise.all(Array.from({ length: 5 }, () => stateOf(world, at)))
    expect(collects()).toBe(1)
    world.pass(1)
    await stateOf(world, at)
    expect(collects()).toBe(1)
    world.pass(1)
    await stateOf(world, at)
    expect(collects()).toBe(2)
  })

  it('a page that is loaded again shows the same order', async () => {
    const at = await reachBankId(world, id)
    await at.browser.open(addressOf(world, at))
    expect(world.standIn.calls.filter(({ operation }) => operation === 'auth')).toHaveLength(1)
  })

  describe('on the device that has the app', () => {
    const linkOn = (html: string) => /href="([^"]*autostarttoken[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''

    it('a phone gets a link in place of the picture, and the app leads back to the browser', async () => {
      const at = await reachBankId(world, id, true)
      expect(linkOn(at.html)).toMatch(/^https:\/\/app\.bankid\.com\/\?autostarttoken=[0-9a-f-]{36}&redirect=null$/)
      expect(at.html).not.toContain('/picture')
      world.standIn.start(linkOn(at.html), BO)
      const back = world.standIn.approve() ?? ''
      const page = await at.browser.open(back)
      const { sub } = await claimsOf(world, at, await create(world, at, page))
      const user = await world.here.service.deps.store.get(USERS, TENANT, sub)
      expect(user).toMatchObject({ attributes: { displayName: 'Bo Lind' } })
    })

    it('a computer starts the program, where the person asks for it', async () => {
      const at = await reachBankId(world, id)
      const page = await at.browser.open(`${addressOf(world, at)}&way=device`)
      expect(linkOn(await page.text())).toMatch(/^bankid:\/\/\/\?autostarttoken=/)
      // The order of the picture is not left over in the app.
      expect(world.standIn.calls.map(({ operation }) => operation)).toEqual(['auth', 'cancel', 'auth'])
    })
  })

  it.each([
    ['userSign', /Enter your security code/],
    ['userMrtd', /passport/],
    ['started', /getting ready/],
    ['somethingNew', /getting ready/],
  ])('while BankID says %s, the page says so', async (hintCode, words) => {
    const at = await reachBankId(world, id)
    world.standIn.order.hintCode = hintCode
    expect(await stateOf(world, at)).toEqual({ waits: true, text: expect.stringMatching(words) })
  })

  it.each([
    ['expiredTransaction', /not used in time/],
    ['certificateErr', /blocked or too old/],
    ['userCancel', /You cancelled/],
    ['cancelled', /another one was begun/],
    ['startFailed', /was not found/],
    ['transactionRiskBlocked', /for your safety/],
    ['somethingNew', /did not sign you in/],
  ])('after BankID says %s, the person is told why and can try again', async (hintCode, words) => {
    const at = await reachBankId(world, id)
    world.standIn.end(hintCode)
    expect((await stateOf(world, at)).waits).toBe(false)
    const page = await settle(world, at, world.here.url)
    const html = await page.text()
    expect([page.status, textOf(html)]).toEqual([401, expect.stringMatching(words)])
    expect(await reason()).toBe(`BankID says ${hintCode}`)
    const again = new Response(html)
    Object.defineProperty(again, 'url', { value: world.here.url })
    expect(textOf(await (await at.browser.submit(again)).text())).toContain('scan the picture')
  })

  const error = (status: number, errorCode: string) => ({ status, content: { errorCode, details: 'details' } })
  it.each([
    [400, 'alreadyInProgress', 409, /elsewhere already/],
    [400, 'invalidParameters', 401, /did not sign you in/],
    [400, 'somethingNew', 401, /did not sign you in/],
    [403, 'unauthorized', 401, /did not sign you in/],
    [408, 'requestTimeout', 503, /cannot be reached/],
    [429, 'tooManyRequests', 503, /cannot be reached/],
    [500, 'internalError', 503, /cannot be reached/],
    [503, 'Maintenance', 503, /cannot be reached/],
  ])('an order that BankID answers with %i %s is none', async (status, code, shown, words) => {
    world.standIn.bent.push(error(status, code))
    const at = await reachBankId(world, id)
    expect([at.status, textOf(at.html)]).toEqual([shown, expect.stringMatching(words)])
    if (shown === 401) expect(await reason()).toBe(`BankID answered ${code} (status ${status})`)
  })

  it('maintenance in between ends no order', async () => {
    const at = await reachBankId(world, id)
    world.standIn.scan(await pictureOn(world, at), ANNA)
    world.standIn.approve()
    world.standIn.bent.push(error(503, 'Maintenance'))
    expect((await settle(world, at, world.here.url)).status).toBe(503)
    world.pass(2)
    expect((await settle(world, at, world.here.url)).status).toBe(200)
  })

  it('leaving ends the order in the app, too', async () => {
    const at = await reachBankId(world, id)
    await at.browser.open(addressOf(world, at, '/leave'))
    expect(world.standIn.order.status).toBe('failed')
  })

  it('without the key in the keystore there is no order', async () => {
    await world.here.admin('DELETE', '/v1/organizations/acme/keys/bankid')
    const at = await reachBankId(world, id)
    expect([at.status, await reason()]).toEqual([401, expect.stringContaining("the key 'bankid'")])
    const { privateKey: private_key, certificate } = world.standIn.client
    await world.here.admin('PUT', '/v1/organizations/acme/keys/bankid', { private_key, certificate })
  })

  it('a server that the authority of BankID has not certified is not asked', async () => {
    const put = (certificate: string) =>
      world.here.admin('PUT', '/v1/organizations/acme/keys/bankid-authority', { certificate })
    await put(world.standIn.other.certificate)
    expect((await reachBankId(world, id)).status).toBe(503)
    expect(world.standIn.calls).toEqual([])
    await put(world.standIn.authority)
  })

  describe('the settings', () => {
    const security = async (fields: object) => {
      const { configure } = await import('./bankid-security.ts')
      await configure(world, fields)
    }
    const buttons = async () => {
      const waiting = await waitAt(world)
      const page = await waiting.browser.open(`${world.here.url}/${TENANT}/login?auth_req_id=${waiting.handle}`)
      return textOf(await page.text())
    }

    it('enabled: off, there is no button', async () => {
      expect(await buttons()).toContain('Sign in with BankID')
      await world.bankId({ enabled: false })
      expect(await buttons()).not.toContain('Sign in with BankID')
    })

    it('customers_can_use_bankid_login, non_customers_can_use_bankid_login: each group by its own', async () => {
      const { sub } = await (async () => {
        const { at, page } = await signInByPicture(world, id)
        return claimsOf(world, at, await create(world, at, page))
      })()
      const status = async () => (await signInByPicture(world, id)).page.status
      await security({ customers_can_use_bankid_login: true, non_customers_can_use_bankid_login: false })
      expect(await buttons()).toContain('Sign in with BankID')
      await world.here.service.deps.store.update(USERS, TENANT, sub, (user) => ({ ...user, roles: ['customer'] }))
      expect(await status()).toBe(200)
      await world.here.service.deps.store.update(USERS, TENANT, sub, (user) => ({ ...user, roles: ['staff'] }))
      expect(await status()).toBe(401)
      await security({ customers_can_use_bankid_login: false, non_customers_can_use_bankid_login: false })
      expect(await buttons()).not.toContain('Sign in with BankID')
    })

    it('require_mfa_for_customers: BankID alone is enough, since it is two factors', async () => {
      await security({
        customers_can_use_bankid_login: true,
        non_customers_can_use_bankid_login: true,
        require_mfa_for_customers: true,
        require_mfa_for_non_customers: true,
      })
      const { at, page } = await signInByPicture(world, id)
      expect((await claimsOf(world, at, page)).amr).toContain('mfa')
    })
  })
})

describe('PLUMBLINE_BANKID_URL', () => {
  const read = (PLUMBLINE_BANKID_URL: string) => serviceSettings({ PLUMBLINE_BANKID_URL }).bankIdUrl

  it('names the environment of BankID; without it production is asked', () => {
    expect(read('https://appapi2.test.bankid.com/rp/v6.0/')).toBe('https://appapi2.test.bankid.com/rp/v6.0')
    expect(read('')).toBeUndefined()
  })

  it.each(['test', 'http://appapi2.test.bankid.com/rp/v6.0', 'https://bankid.example/?a'])('refuses %s', (text) => {
    expect(() => read(text)).toThrow('is not an address of BankID')
  })
})
