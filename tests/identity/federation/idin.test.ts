import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { newPair, type Pair } from '../../../shadow/key-pair.ts'
import { type Bent, IdinStandIn } from './idin-stand-in.ts'
import { claimsOf, events, type FederationWorld, openFederationWorld, press, TENANT, textOf, waitAt } from './world.ts'

// Banks take members only: a stand-in that speaks iDx as they publish it is in their place.
describe('signing in by a bank (iDIN)', () => {
  let world: FederationWorld
  let standIn: IdinStandIn
  let url: string
  let close: () => void
  let merchant: Pair
  let other: Pair
  let id: string
  beforeAll(async () => {
    ;[merchant, other] = [await newPair('merchant'), await newPair('other')]
    let certificate: string
    ;({ standIn, url, certificate, close } = await IdinStandIn.open(merchant))
    world = await openFederationWorld()
    const key = (name: string, material: object) =>
      world.here.admin('PUT', `/v1/organizations/acme/keys/${name}`, material)
    const own = ({ privateKey: private_key, certificate }: Pair) => ({ private_key, certificate })
    await key('acquirer', { certificate })
    await key('another-acquirer', { certificate: other.certificate })
    await key('merchant', own(merchant))
    await key('other', own(other))
  })
  beforeEach(async () => {
    standIn.bent = {}
    standIn.requests.length = 0
    standIn.encryptTo = merchant.certificate
    id = await method()
  })
  afterAll(async () => {
    await world?.close()
    close?.()
  })

  let count = 0
  /** The login method, anew each time: what is known of banks is kept for a day. */
  const method = async (more: object = {}): Promise<string> => {
    const name = `Bank ${++count}`
    const idin_attributes = {
      directory_url: `${url}/directory`,
      transaction_url: `${url}/transaction`,
      status_url: `${url}/status`,
      acquirer_public_certificate_id: 'acquirer',
      merchant_id: standIn.merchantId,
      merchant_certificate_pair_id: 'merchant',
      ...more,
    }
    const own = { type: 'IDIN', name, enabled: true, authentication_level: 3, auto_email_verification: true }
    await world.settings({
      login_methods: { login_methods: [{ id: 'username-and-password' }, { ...own, idin_attributes }] },
    })
    return String((await world.methods())[name])
  }
  const reason = async () => (await events(world)).at(-1)?.subject.reason

  /** Chooses a bank; returns the page that goes on there. */
  const choose = async (bank = 'BANKNL2Y') => {
    const waiting = await waitAt(world)
    const page = await press(world, waiting, id)
    if (page.status !== 200) return { waiting, page, html: await page.text() }
    const html = await page.clone().text()
    return { waiting, page: await waiting.browser.submit(page, { bank }), html }
  }
  const bankOf = async (page: Response) =>
    /content="0; url=([^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&')
  /** The whole way to a bank and back. */
  const visit = async (bent: Bent = {}) => {
    const { waiting, page } = await choose()
    const address = await bankOf(page)
    if (address === undefined) return { waiting, page }
    standIn.bent = bent
    return { waiting, page: await waiting.browser.open(standIn.back(address).href) }
  }

  it('shows the banks of the directory, and takes who signed in at the one that was chosen', async () => {
    const { html } = await choose()
    expect(textOf(html)).toContain('De Bank Andere &amp; Bank')
    const { waiting, page } = await visit()
    const done = page.status === 200 ? page : await accept(waiting, page)
    const { sub, acr } = await claimsOf(world, waiting, done)
    const user = await world.here.service.deps.store.get(USERS, TENANT, sub)
    expect(user).toMatchObject({ email: 'jane@bank.example', attributes: { name: { familyName: 'Vries' } } })
    expect(acr).toBeDefined()
  })
  const accept = async ({ browser }: Awaited<ReturnType<typeof waitAt>>, page: Response) =>
    browser.submit(await browser.open(world.here.url + page.headers.get('location')), { decision: 'create' })

  it('directory_url, transaction_url and status_url: where each message goes', async () => {
    await visit()
    expect(standIn.requests.map(({ path, xml }) => [path, /^<(\w+)/.exec(xml)?.[1]])).toEqual([
      ['/directory', 'DirectoryReq'],
      ['/transaction', 'AcquirerTrxReq'],
      ['/status', 'AcquirerStatusReq'],
    ])
  })

  it('merchant_return_host_name: where the bank sends browsers back to, or the address of the service', async () => {
    const returnUrl = () => /<merchantReturnURL>([^<]+)</.exec(standIn.requests.at(-1)?.xml ?? '')?.[1]
    await choose()
    expect(returnUrl()).toBe(`${world.here.url}/${TENANT}/login/with/${id}/callback`)
    id = await method({ merchant_return_host_name: 'login.acme.example' })
    await choose()
    expect(returnUrl()).toBe(`http://login.acme.example/${TENANT}/login/with/${id}/callback`)
  })

  it.each([
    ['merchant_id', '0000000000', 'AP1100'],
    ['sub_id', '7', 'AP1200'],
    ['merchant_certificate_pair_id', 'other', 'SE2000'],
    ['acquirer_public_certificate_id', 'another-acquirer', 'signature'],
    ['merchant_certificate_pair_id', 'none', "the key 'none'"],
    ['acquirer_public_certificate_id', 'none', "the certificate 'none'"],
    ['status_url', undefined, 'statusUrl'],
  ])('%s: another one than the acquirer knows does not do (%s)', async (field, value, words) => {
    id = await method({ [field]: value })
    const { page } = await choose()
    expect([page.status, await reason()]).toEqual([401, expect.stringContaining(words)])
  })

  it('saml_certificate_pair_id: the key that opens the answer; without it that of the merchant', async () => {
    standIn.encryptTo = other.certificate
    expect([(await visit()).page.status, await reason()]).toEqual([401, expect.stringContaining('another key')])
    id = await method({ saml_certificate_pair_id: 'other' })
    expect((await visit()).page.status).toBeLessThan(400)
  })

  const attacks: Readonly<Record<string, readonly [Bent, RegExp]>> = {
    'of another login': [{ inResponseTo: 'Pother' }, /another login/],
    'of another transaction': [{ transaction: '1234999999999999' }, /another login/],
    'that is not signed': [{ unsigned: true }, /not signed/],
    'that was changed': [{ changed: (xml) => xml.replace('>Success<', '>Success <') }, /signature/],
    'that is old': [{ secondsAgo: 3600 }, /out of its time/],
    'of a lower level': [{ level: 'nl:bvn:bankid:1.0:loa2' }, /strong enough/],
    'that names somebody for once': [{ subject: 'TRANS123' }, /another name/],
    'that nobody signed in': [{ status: 'Cancelled' }, /Cancelled/],
    'that ran out': [{ status: 'Expired' }, /Expired/],
  }
  it.each(Object.entries(attacks))('an answer %s lets nobody in', async (_, [bent, words]) => {
    expect([(await visit(bent)).page.status, await reason()]).toEqual([401, expect.stringMatching(words)])
  })

  it('an answer by the key of somebody else lets nobody in', async () => {
    expect([(await visit({ key: other })).page.status, await reason()]).toEqual([
      401,
      expect.stringMatching(/signature/),
    ])
  })

  it('a bank that is not in the directory is not asked for, and a way back that nobody was given leads nowhere', async () => {
    const { page } = await choose('FAKENL2A')
    expect([page.status, await reason()]).toEqual([401, 'there is no such bank'])
    const guess = new URLSearchParams({ trxid: '1234000000000001', ec: 'guess' })
    const answer = await fetch(`${world.here.url}/${TENANT}/login/with/${id}/callback?${guess}`, { redirect: 'manual' })
    expect(answer.status).toBe(401)
  })
})

describe('the keystore of an organization', () => {
  let world: FederationWorld
  beforeAll(async () => {
    world = await openFederationWorld()
  })
  afterAll(() => world.close())

  const put = async (material: object) => {
    const headers = {
      'content-type': 'application/json',
      'x-api-key': String(world.here.service.createdAdminKey),
    }
    const url = `${world.here.url}/v1/organizations/acme/keys/some`
    const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(material) })
    return [answer.status, answer.status === 204 ? '' : await answer.text()] as const
  }

  it('takes a key, a certificate, or both where they belong together, and shows no private key', async () => {
    const [own, other] = [await newPair('own'), await newPair('other')]
    expect((await put({ private_key: own.privateKey }))[0]).toBe(204)
    expect((await put({ certificate: other.certificate }))[0]).toBe(204)
    expect((await put({ private_key: own.privateKey, certificate: own.certificate }))[0]).toBe(204)
    const { keys } = await world.here.admin<{ keys: readonly object[] }>('GET', '/v1/organizations/acme/keys')
    expect(keys).toEqual([
      {
        name: 'some',
        public_key: expect.objectContaining({ kty: 'RSA' }),
        certificate: own.certificate,
        created_at: expect.any(String),
      },
    ])
    expect(JSON.stringify(keys)).not.toContain('sealed')
  })

  it('refuses what is none, and a certificate of another key', async () => {
    const [own, other] = [await newPair('own'), await newPair('other')]
    expect(await put({ private_key: own.privateKey, certificate: other.certificate })).toEqual([
      422,
      expect.stringContaining('is of another key'),
    ])
    expect(await put({ certificate: 'x' })).toEqual([422, expect.stringContaining('no certificate')])
    expect((await put({}))[0]).toBe(400)
  })
})
