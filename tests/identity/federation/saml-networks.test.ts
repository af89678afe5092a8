import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SamlStandIn } from './saml-stand-in.ts'
import { arriveBySaml, asked, certificatesIn, openSamlWorld, type SamlWorld } from './saml-world.ts'
import { press, TENANT, textOf, waitAt } from './world.ts'

const CLASSES = 'urn:oasis:names:tc:SAML:2.0:ac:classes:'
const DIGID = [
  ['BASIC', `${CLASSES}PasswordProtectedTransport`],
  ['MIDDLE', `${CLASSES}MobileTwoFactorContract`],
  ['SUBSTANTIAL', `${CLASSES}Smartcard`],
  ['HIGH', `${CLASSES}SmartcardPKI`],
] as const
const EIDAS = [
  ['NON_EXISTENT', 'urn:etoegang:core:assurance-class:loa1'],
  ['LOW', 'http://eidas.europa.eu/LoA/low'],
  ['LOW_PLUS', 'urn:etoegang:core:assurance-class:loa2plus'],
  ['SUBSTANTIAL', 'http://eidas.europa.eu/LoA/substantial'],
  ['HIGH', 'http://eidas.europa.eu/LoA/high'],
] as const

/** A type → its block, the setting of the lowest level, and its levels from the bottom up, each with a class. */
const NETWORKS = {
  DIGID: ['digid_attributes', 'required_authentication_level', DIGID],
  EIDAS: ['eidas_attributes', 'required_level_of_assurance', EIDAS],
} as const

// The networks themselves take members only: a stand-in that speaks SAML as they publish it is in their place.
describe('a national network that speaks SAML', () => {
  let world: SamlWorld
  beforeAll(async () => {
    world = await openSamlWorld()
  })
  afterAll(() => world.close())

  const method = (type: keyof typeof NETWORKS, block: object) => {
    const own = { idp_metadata: world.standIn.metadata, ...block }
    return world.saml({ type, name: type, saml_attributes: undefined, [NETWORKS[type][0]]: own })
  }

  it.each(['DIGID', 'EIDAS'] as const)('%s: a level below the required one is refused', async (type) => {
    const [, setting, levels] = NETWORKS[type]
    const attributes = { mail: `${type}@example.com` }
    for (const [least, [required]] of levels.entries()) {
      const id = await method(type, { [setting]: required })
      const statuses = []
      for (const [, context] of levels)
        statuses.push((await arriveBySaml(world, id, { subject: type, attributes, context })).page.status)
      expect([required, ...statuses]).toEqual([required, ...levels.map((_, level) => (level < least ? 401 : 200))])
    }
  })

  it('EIDAS: entity_id and the keys of the keystore are what the network knows', async () => {
    const key = (name: string) => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const private_key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
      return world.here.admin('PUT', `/v1/organizations/acme/keys/${name}`, { private_key }).then(() => privateKey)
    }
    const [signing, encryption] = [await key('eidas-sign'), await key('eidas-open')]
    const names = { signing_key_id: 'eidas-sign', encryption_key_id: 'eidas-open', entity_id: 'urn:etoegang:DV:1' }
    const metadata = await world.metadata(await method('EIDAS', names))
    expect(metadata).toContain('entityID="urn:etoegang:DV:1"')
    const published = certificatesIn(metadata)
    const isOf = (certificate: string, privateKey: typeof signing) =>
      new X509Certificate(Buffer.from(certificate, 'base64')).checkPrivateKey(privateKey)
    expect([isOf(published.signing, signing), isOf(published.encryption, encryption)]).toEqual([true, true])
  })

  it('EIDAS: authentication_service CUSTOM sends people to its value', async () => {
    const custom = { authentication_service: 'CUSTOM', authentication_service_custom_value: 'https://test.example/sso' }
    const where = async (block: object) => {
      const answer = await press(world, await waitAt(world), await method('EIDAS', block))
      return new URL(answer.headers.get('location') ?? '').host
    }
    expect([await where(custom), await where({ authentication_service: 'PRODUCTION' })]).toEqual([
      'test.example',
      'idp.example',
    ])
  })

  it('a keystore without the key is told, and lets nobody in', async () => {
    const id = await method('EIDAS', { signing_key_id: 'gone' })
    await expect(asked(world, await waitAt(world), id)).rejects.toThrow('401')
  })

  it('takes the request by POST where the provider offers nothing else', async () => {
    const other = await SamlStandIn.open('HTTP-POST')
    const id = await method('DIGID', { idp_metadata: other.metadata })
    const page = await press(world, await waitAt(world), id)
    const html = await page.text()
    expect([page.status, /action="([^"]*)"/.exec(html)?.[1]]).toEqual([200, 'https://idp.example/sso'])
    expect(html).toMatch(/name="SAMLRequest" value="[A-Za-z0-9+/=]+"/)
    expect(textOf(html)).not.toContain('PRIVATE')
    expect(html).toContain(`name="RelayState"`)
    expect(new URL(page.url).pathname).toBe(`/${TENANT}/login/with/${id}`)
  })
})
