import { target } from '../oidc/browser.ts'
import { StandIn } from './stand-in.ts'
import { claimsOf, type FederationWorld, openFederationWorld, press, textOf, type Waiting, waitAt } from './world.ts'

/** The world with a stand-in in place of the other service, which can be told what to say. */
export interface StandInWorld extends FederationWorld {
  readonly standIn: StandIn
  readonly url: string
  /** The login method at the stand-in. */
  readonly id: string
}

export async function openStandInWorld(): Promise<StandInWorld> {
  const world = await openFederationWorld()
  const { standIn, url, close } = await StandIn.open()
  const block = {
    client_id: standIn.clientId,
    discovery_url: `${url}/.well-known/openid-configuration`,
    client_authentication_method: 'CLIENT_SECRET_BASIC',
    manual_metadata_setup: false,
    issuer: url,
  }
  const method: FederationWorld['method'] = (more = {}, other = {}) => world.method(more, { ...block, ...other })
  const id = await method()
  const path = `/v1/organizations/acme/login-methods/${id}/client-secret`
  await world.here.admin('PUT', path, { client_secret: standIn.secret })
  return {
    ...world,
    method,
    standIn,
    url,
    id,
    close: async () => {
      close()
      await world.close()
    },
  }
}

/** From the button to the address to which the stand-in sends the browser back. */
export async function wayBack(world: StandInWorld, waiting: Waiting): Promise<URL> {
  const away = await press(world, waiting, world.id)
  if (away.status !== 303) throw new Error(`the button leads nowhere: ${away.status} ${textOf(await away.text())}`)
  return target(await fetch(target(away, world.url), { redirect: 'manual' }), world.url)
}

/** The page after the way there and back, as the person sees it. */
export async function arrive(world: StandInWorld, waiting?: Waiting) {
  const login = waiting ?? (await waitAt(world))
  const page = await login.browser.open((await wayBack(world, login)).href)
  return { ...login, page }
}

/** The claims that the application gets of whoever the stand-in says it is. */
export async function signedIn(world: StandInWorld) {
  const { page, ...login } = await arrive(world)
  return claimsOf(world, login, page)
}
