import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { issuerAt, openOpenIdProvider, PEER_CLIENT, type PeerAccount } from '../../support/openid-provider.ts'
import { freePort } from '../../support/ports.ts'
import { Browser, target } from '../oidc/browser.ts'
import { type FederationWorld, openFederationWorld, press, TENANT, tokensOf, waitAt } from './world.ts'

const account = (name: string, more: Partial<PeerAccount> = {}): PeerAccount => ({
  ID: `id-of-${name}`,
  Username: name,
  Password: `secret of ${name}`,
  FirstName: 'Jane',
  LastName: 'Doe',
  Email: `${name}@partner.example`,
  EmailVerified: true,
  PreferredLanguage: 'de',
  ...more,
})

describe('OpenID Connect with zitadel/oidc at the other side', () => {
  let world: FederationWorld
  let peer: { close(): Promise<void> }
  let id: string
  beforeAll(async () => {
    world = await openFederationWorld()
    const port = await freePort()
    id = await world.method(
      {},
      {
        client_id: PEER_CLIENT.id,
        discovery_url: `${issuerAt(port)}.well-known/openid-configuration`,
        client_authentication_method: 'CLIENT_SECRET_BASIC',
        scopes: ['openid', 'email', 'profile'],
      },
    )
    const path = `/v1/organizations/acme/login-methods/${id}/client-secret`
    await world.here.admin('PUT', path, { client_secret: PEER_CLIENT.secret })
    const redirect = `${world.here.url}/${TENANT}/login/with/${id}/callback`
    peer = await openOpenIdProvider(port, redirect, [account('jane'), account('john', { EmailVerified: false })])
  }, 600_000)
  afterAll(async () => {
    await world?.close()
    await peer?.close()
  })

  /** Goes to the provider, shows name and password there, and comes back. */
  const signIn = async (name: string) => {
    const waiting = await waitAt(world)
    const browser = new Browser()
    const asked = await browser.open(target(await press(world, waiting, id), world.here.url).href)
    const form = await browser.open(target(asked, asked.url).href)
    const shown = await browser.submit(form, { username: name, password: `secret of ${name}` })
    const back = await browser.open(target(shown, shown.url).href)
    return { waiting, page: await waiting.browser.open(target(back, back.url).href) }
  }
  const userOf = async ({ waiting, page }: Awaited<ReturnType<typeof signIn>>) => {
    const tokens = await tokensOf(world, waiting, page)
    return world.here.service.deps.store.get(USERS, TENANT, String(tokens.claims()?.sub))
  }

  it('takes its ID token and what it says about the person, and knows them again', async () => {
    const jane = await userOf(await signIn('jane'))
    expect(jane).toMatchObject({
      email: 'jane@partner.example',
      is_verified: true,
      attributes: { name: { givenName: 'Jane', familyName: 'Doe' } },
    })
    expect((await userOf(await signIn('jane')))?.user_id).toBe(jane?.user_id)
  })

  it('couples nobody by an address that it has not verified: the person is asked', async () => {
    const { page } = await signIn('john')
    expect(target(page, world.here.url).pathname).toBe(`/${TENANT}/login/with/first`)
  })
})
