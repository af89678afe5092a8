import type { AskedBySaml } from '../../../shadow/saml-messages.ts'
import { type Said, SamlStandIn } from './saml-stand-in.ts'
import {
  claimsOf,
  type FederationWorld,
  openFederationWorld,
  press,
  TENANT,
  textOf,
  type Waiting,
  waitAt,
} from './world.ts'

/** The world with a login method at a stand-in that speaks SAML. */
export interface SamlWorld extends FederationWorld {
  readonly standIn: SamlStandIn
  /** Writes the login method, with more settings; returns its id. */
  saml(more?: { readonly name?: string; readonly [field: string]: unknown }, block?: object): Promise<string>
  /** What the service publishes for the provider. */
  metadata(id: string): Promise<string>
}

export async function openSamlWorld(): Promise<SamlWorld> {
  const world = await openFederationWorld()
  const standIn = await SamlStandIn.open()
  const saml: SamlWorld['saml'] = async (more = {}, block = {}) => {
    const { name = 'Partner' } = more
    const id = (await world.methods())[name]
    await world.add({
      ...(id === undefined ? {} : { id }),
      type: 'SAML',
      name,
      enabled: true,
      authentication_level: 2,
      auto_email_verification: true,
      saml_attributes: { idp_metadata: standIn.metadata, ...block },
      ...more,
    })
    return String((await world.methods())[name])
  }
  const metadata = async (id: string) => {
    const answer = await fetch(`${world.here.url}/${TENANT}/login/with/${id}/metadata`)
    if (!answer.ok) throw new Error(`metadata: ${answer.status} ${textOf(await answer.text())}`)
    return answer.text()
  }
  return { ...world, standIn, saml, metadata }
}

/** The certificates that the metadata of the service hold. */
export function certificatesIn(metadata: string): { readonly signing: string; readonly encryption: string } {
  const [signing = '', encryption = ''] = [...metadata.matchAll(/<ds:X509Certificate>([^<]+)</g)].map(
    ([, text = '']) => text,
  )
  return { signing, encryption }
}

/** Presses the button; returns what the stand-in is asked for. */
export async function asked(world: SamlWorld, waiting: Waiting, id: string): Promise<AskedBySaml> {
  const away = await press(world, waiting, id)
  const location = away.headers.get('location')
  if (location === null) throw new Error(`the button leads nowhere: ${away.status} ${textOf(await away.text())}`)
  return world.standIn.readRedirect(new URL(location), certificatesIn(await world.metadata(id)).signing)
}

/** Carries an answer back as a browser does: the form comes from another site, and so without cookies. */
export async function carryBack(
  { here }: SamlWorld,
  { browser }: Waiting,
  { acs }: AskedBySaml,
  form: URLSearchParams,
): Promise<Response> {
  const answer = await fetch(acs, { method: 'POST', body: form, redirect: 'manual' })
  const next = answer.headers.get('location')
  return next === null ? answer : browser.open(new URL(next, here.url).href)
}

/** The whole way there and back; returns the page that the person sees then. */
export async function arriveBySaml(world: SamlWorld, id: string, said: Said = {}) {
  const waiting = await waitAt(world)
  const request = await asked(world, waiting, id)
  const page = await carryBack(world, waiting, request, await world.standIn.answer(request, said))
  return { ...waiting, page }
}

/** The claims that the application gets of whoever the stand-in says it is. */
export async function signedInBySaml(world: SamlWorld, id: string, said: Said = {}) {
  const { page, ...waiting } = await arriveBySaml(world, id, said)
  return claimsOf(world, waiting, page)
}
