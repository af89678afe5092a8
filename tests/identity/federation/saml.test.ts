import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { arriveBySaml, asked, certificatesIn, openSamlWorld, type SamlWorld, signedInBySaml } from './saml-world.ts'
import { events, TENANT, waitAt } from './world.ts'

const OID_MAIL = 'urn:oid:0.9.2342.19200300.100.1.3'

describe('signing in at a SAML identity provider', () => {
  let world: SamlWorld
  let id: string
  beforeAll(async () => {
    world = await openSamlWorld()
    id = await world.saml()
  })
  afterAll(() => world.close())

  const user = async (sub: string) => {
    const stored = await world.here.service.deps.store.get(USERS, TENANT, sub)
    return { ...stored, ...stored?.attributes }
  }

  it('makes an account at the first login, and finds it again at the next one', async () => {
    const said = { subject: 'ada', attributes: { [OID_MAIL]: 'ada@example.com', 'urn:oid:2.5.4.42': 'Ada' } }
    const first = await signedInBySaml(world, id, said)
    expect(first).toMatchObject({ amr: ['fed', 'urn:plumbline:login-method:Saml%2FPartner'] })
    expect(await user(first.sub)).toMatchObject({
      email: 'ada@example.com',
      is_verified: true,
      name: { givenName: 'Ada' },
    })
    expect((await signedInBySaml(world, id, said)).sub).toBe(first.sub)
  })

  it.each(['assertion', 'response'] as const)('takes a signature of the %s', async (signed) => {
    const said = { subject: `signed-${signed}`, attributes: { [OID_MAIL]: `${signed}@example.com` }, signed }
    expect((await signedInBySaml(world, id, said)).sub).toBeTruthy()
  })

  it('opens an assertion that is encrypted to the certificate of its metadata', async () => {
    const { encryption } = certificatesIn(await world.metadata(id))
    const said = { subject: 'sealed', attributes: { mail: 'sealed@example.com' }, encryptTo: encryption }
    expect(await user((await signedInBySaml(world, id, said)).sub)).toMatchObject({ email: 'sealed@example.com' })
  })

  it('publishes the same metadata each time, with the address that the answer goes to', async () => {
    const [first, second] = [await world.metadata(id), await world.metadata(id)]
    expect(certificatesIn(first)).toEqual(certificatesIn(second))
    expect(first).toContain(`entityID="${world.here.url}/${TENANT}/login/with/${id}/metadata"`)
    expect(first).toContain(`Location="${world.here.url}/${TENANT}/login/with/${id}/callback"`)
    expect(first).not.toContain('PRIVATE')
  })

  it('asks for a lasting name, as the metadata of the provider have it', async () => {
    const { xml } = await asked(world, await waitAt(world), id)
    expect(xml).toContain('nameid-format:persistent')
    expect(xml).not.toContain('RequestedAuthnContext')
  })

  it('asks for the classes that reach the level of the method, and refuses an answer of another one', async () => {
    const levels = [
      { authn_context_class_ref_name: 'urn:weak', authentication_level: 1 },
      { authn_context_class_ref_name: 'urn:strong', authentication_level: 2 },
      { authn_context_class_ref_name: 'urn:stronger', authentication_level: 3 },
    ]
    await world.saml({}, { comparison: 'MINIMUM', authentication_level_mappings: levels })
    const { xml } = await asked(world, await waitAt(world), id)
    expect(xml).toContain('Comparison="minimum"')
    expect([...xml.matchAll(/ClassRef[^>]*>([^<]+)</g)].map(([, name]) => name)).toEqual(['urn:strong', 'urn:stronger'])
    const attributes = { mail: 'level@example.com' }
    const outcomes = { 'urn:weak': 401, 'urn:unknown': 401, 'urn:strong': 200, 'urn:stronger': 200 }
    for (const [context, status] of Object.entries(outcomes))
      expect([context, (await arriveBySaml(world, id, { subject: 'level', attributes, context })).page.status]).toEqual(
        [context, status],
      )
    await world.saml()
  })

  it('lets nobody in without metadata of a provider, and says why in the audit log', async () => {
    await world.saml({}, { idp_metadata: '<html/>' })
    await expect(asked(world, await waitAt(world), id)).rejects.toThrow('leads nowhere: 401')
    expect((await events(world)).at(-1)?.subject.reason).toBe('the metadata are no SAML metadata')
    await world.saml()
  })
})
