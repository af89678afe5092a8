import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { customAttributesOf } from '../../../identity/directory/custom-attributes.ts'
import { identitiesOf } from '../../../identity/directory/identities.ts'
import { USERS } from '../../../identity/directory/users.ts'
import { Point } from '../../../identity/federation/polymorphic/curve.ts'
import { type BentName, BsnkStandIn, encryptedId, secretOf } from './bsnk-stand-in.ts'
import { arriveBySaml, certificatesIn, openSamlWorld, type SamlWorld } from './saml-world.ts'
import { claimsOf, events, TENANT } from './world.ts'

const ACTING = 'urn:etoegang:core:ActingSubjectID'
const CONCERNED = 'urn:etoegang:core:LegalSubjectID'
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
const BSN = '900095222'
const PERSON = 123_456_789n

it('the curve is that of OpenSSL', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'brainpoolP320r1' })
  const point = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-81)
  expect(Point.BASE.multiply(secretOf(privateKey)).toHex(false)).toBe(point.toString('hex'))
})

// BSNk gives keys to services with a public task alone: a stand-in that encrypts as it publishes is in its place.
describe('names that are encrypted to one service (eIDAS in the Netherlands)', () => {
  let world: SamlWorld
  const bsnk = new BsnkStandIn()
  const SETTINGS = {
    bsn_decryption_key_id: 'bsnk-id',
    pseudo_id_decryption_key_id: 'bsnk-pd',
    pseudo_id_closing_key_id: 'bsnk-pc',
    bsn_verification_point: bsnk.verificationPoint('identity'),
    pseudo_id_verification_point: bsnk.verificationPoint('pseudonym'),
  }
  let id: string
  let encryption: string
  const put = (name: string, private_key: string) =>
    world.here.admin('PUT', `/v1/organizations/acme/keys/${name}`, { private_key })
  const eidas = (block: object = SETTINGS, name = 'eIDAS') =>
    world.saml({
      type: 'EIDAS',
      name,
      saml_attributes: undefined,
      custom_attribute_fields: [{ name: 'bsn', type: 'TEXT' }],
      eidas_attributes: { idp_metadata: world.standIn.metadata, ...block },
    })
  beforeAll(async () => {
    world = await openSamlWorld()
    await put('bsnk-id', bsnk.identityKey.pem)
    await put('bsnk-pd', bsnk.pseudonymKey.pem)
    await put('bsnk-pc', bsnk.closingKey.pem)
    await world.here.admin('PUT', `/v1/tenants/${TENANT}`, {
      display_name: 'Acme',
      register_enable: true,
      has_username_and_email: true,
    })
  })
  beforeEach(async () => {
    id = await eidas()
    ;({ encryption } = certificatesIn(await world.metadata(id)))
  })
  afterAll(() => world?.close())

  const reason = async () => (await events(world)).at(-1)?.subject.reason
  const wrap = (name: string, kind: 'BSN' | 'PseudoID') => encryptedId(name, kind, encryption)
  /** Arrives with attributes; the name of the assertion itself is another one at each login. */
  const arrive = async (attributes: Readonly<Record<string, string>>) =>
    arriveBySaml(world, id, {
      subject: `_${Math.random()}`,
      format: TRANSIENT,
      attributes,
      context: 'http://eidas.europa.eu/LoA/high',
    })
  const signedIn = async (attributes: Readonly<Record<string, string>>) => {
    const arrived = await arrive(attributes)
    const { browser, page } = arrived
    const location = page.headers.get('location')
    const done =
      location === null
        ? page
        : await browser.submit(await browser.open(new URL(location, world.here.url).href), { decision: 'create' })
    const { sub } = await claimsOf(world, arrived, done)
    const { store } = world.here.service.deps
    const user = await store.get(USERS, TENANT, sub)
    if (user === undefined) throw new Error('there is no user')
    const [identity] = await identitiesOf(store, user)
    return { sub, subject: identity?.subject, custom: await customAttributesOf(store, user) }
  }

  it('bsn_decryption_key_id and bsn_verification_point: the citizen number is who it is, and an attribute', async () => {
    const { sub, subject, custom } = await signedIn({ [ACTING]: await wrap(bsnk.identity(BSN), 'BSN') })
    expect({ subject, custom }).toEqual({ subject: BSN, custom: { bsn: BSN } })
    // Another encryption of the same number.
    expect((await signedIn({ [CONCERNED]: await wrap(bsnk.identity(BSN), 'BSN') })).sub).toBe(sub)
  })

  it('pseudo_id_decryption_key_id, pseudo_id_closing_key_id and pseudo_id_verification_point: one pseudonym for each person', async () => {
    const name = async (person: bigint) => ({ [ACTING]: await wrap(bsnk.pseudonym(person), 'PseudoID') })
    const { sub, subject, custom } = await signedIn(await name(PERSON))
    const closed = Point.BASE.multiply(PERSON).multiply(bsnk.closingKey.secret).toHex(false).toUpperCase()
    expect({ subject, custom }).toEqual({ subject: closed, custom: {} })
    expect((await signedIn(await name(PERSON))).sub).toBe(sub)
    expect((await signedIn(await name(PERSON + 1n))).sub).not.toBe(sub)
  })

  it('with both, the pseudonym is who it is', async () => {
    const both = (await wrap(bsnk.pseudonym(77n), 'PseudoID')) + (await wrap(bsnk.identity('999990019'), 'BSN'))
    const { subject, custom } = await signedIn({ [ACTING]: both })
    expect(subject).toMatch(/^04[0-9A-F]{160}$/)
    expect(custom).toEqual({ bsn: '999990019' })
  })

  it.each([
    ['bsn_decryption_key_id', 'BSN', 'bsnDecryptionKeyId'],
    ['bsn_verification_point', 'BSN', 'bsnVerificationPoint'],
    ['pseudo_id_decryption_key_id', 'PseudoID', 'pseudoIdDecryptionKeyId'],
    ['pseudo_id_closing_key_id', 'PseudoID', 'pseudoIdClosingKeyId'],
    ['pseudo_id_verification_point', 'PseudoID', 'pseudoIdVerificationPoint'],
  ] as const)('without %s nobody is let in', async (field, kind, words) => {
    id = await eidas({ ...SETTINGS, [field]: undefined }, `without ${field}`)
    const name = kind === 'BSN' ? bsnk.identity(BSN) : bsnk.pseudonym(PERSON)
    const { page } = await arrive({ [ACTING]: await wrap(name, kind) })
    expect([page.status, await reason()]).toEqual([401, `the login method lacks ${words}`])
  })

  it.each([
    ['bsn_decryption_key_id', 'bsnk-pd', 'BSN'],
    ['pseudo_id_decryption_key_id', 'bsnk-id', 'PseudoID'],
  ] as const)('%s: another key opens nothing', async (field, key, kind) => {
    id = await eidas({ ...SETTINGS, [field]: key })
    const name = kind === 'BSN' ? bsnk.identity(BSN) : bsnk.pseudonym(PERSON)
    expect((await arrive({ [ACTING]: await wrap(name, kind) })).page.status).toBe(401)
  })

  it('pseudo_id_closing_key_id: another key makes another pseudonym', async () => {
    const name = async () => ({ [ACTING]: await wrap(bsnk.pseudonym(99n), 'PseudoID') })
    const { subject } = await signedIn(await name())
    await put('bsnk-pc-2', new BsnkStandIn().closingKey.pem)
    id = await eidas({ ...SETTINGS, pseudo_id_closing_key_id: 'bsnk-pc-2' })
    expect((await signedIn(await name())).subject).not.toBe(subject)
  })

  const other = new BsnkStandIn()
  const attacks: Readonly<Record<string, readonly [BentName, RegExp]>> = {
    'that nobody signed': [{ unsigned: true }, /no signed identity/],
    'that somebody else signed': [{ forged: true }, /signature/],
    'that was changed': [
      { changed: (structure) => Buffer.from(structure.toString('hex').replace('3030303034', '3030303035'), 'hex') },
      /signature/,
    ],
    'that is signed by another algorithm': [{ algorithm: '04007f00070101040304' }, /another algorithm/],
    'of a pseudonym inside': [{ inner: 'pseudonym' }, /another one than it is signed as/],
    'of a pseudonym': [{ kind: 'pseudonym' }, /no signed identity/],
    'to another service': [{ to: other.identityKey }, /another key/],
    'cut short': [{ changed: (structure) => structure.subarray(0, 60) }, /not encoded/],
  }
  it.each(Object.entries(attacks))('a number %s lets nobody in', async (_, [bent, words]) => {
    const { page } = await arrive({ [ACTING]: await wrap(bsnk.identity(BSN, bent), 'BSN') })
    expect([page.status, await reason()]).toEqual([401, expect.stringMatching(words)])
  })

  it('a pseudonym that was signed by another register, or is no base64, lets nobody in', async () => {
    for (const name of [other.pseudonym(PERSON), bsnk.pseudonym(PERSON, { forged: true }), 'x'])
      expect((await arrive({ [ACTING]: await wrap(name, 'PseudoID') })).page.status).toBe(401)
  })

  it('who acts for another person is nobody here, since accounts are of one person', async () => {
    const { page } = await arrive({
      [ACTING]: await wrap(bsnk.identity(BSN), 'BSN'),
      [CONCERNED]: await wrap(bsnk.identity('950053533'), 'BSN'),
    })
    expect([page.status, await reason()]).toEqual([401, 'the person acts for somebody else'])
  })

  it('an assertion that names nobody for good is refused as before', async () => {
    expect([(await arrive({})).page.status, await reason()]).toEqual([401, expect.stringMatching(/another name/)])
  })
})

describe('the keystore', () => {
  it('takes keys as BSNk delivers them: of brainpoolP320r1, with headers', async () => {
    const world = await openSamlWorld()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'brainpoolP320r1' })
    const [first = '', ...lines] = String(privateKey.export({ type: 'sec1', format: 'pem' })).split('\n')
    const headers = ['SchemeVersion: 1', 'Type: EI Decryption', 'Recipient: 00000000000000000004', '']
    for (const end of ['\n', '\r\n'])
      await world.here.admin('PUT', '/v1/organizations/acme/keys/bsnk', {
        private_key: [first, ...headers, ...lines].join(end),
      })
    const { keys } = await world.here.admin<{ keys: readonly object[] }>('GET', '/v1/organizations/acme/keys')
    const point = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-80)
    const [x, y] = [point.subarray(0, 40), point.subarray(40)].map((part) => part.toString('base64url'))
    expect(keys).toEqual([
      { name: 'bsnk', public_key: { kty: 'EC', crv: 'brainpoolP320r1', x, y }, created_at: expect.any(String) },
    ])
    await world.close()
  })
})
