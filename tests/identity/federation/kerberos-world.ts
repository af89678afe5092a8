import { identitiesOf } from '../../../identity/directory/identities.ts'
import { USERS } from '../../../identity/directory/users.ts'
import { type Kdc, openKdc } from '../../support/kdc.ts'
import { target } from '../oidc/browser.ts'
import { events, type FederationWorld, openFederationWorld, TENANT, textOf, type Waiting, waitAt } from './world.ts'

export const REALM = 'ACME.EXAMPLE'
export const SERVICE = `HTTP/localhost@${REALM}`
/** People of it get tickets for services of ACME. */
export const PARTNER = 'PARTNER.EXAMPLE'
/** A password of everybody. */
export const PASSWORD = 'secret'

/** A service where people show tickets, with a real KDC. */
export interface KerberosWorld extends FederationWorld {
  readonly kdc: Kdc
  /** Writes the login method; returns its id. */
  network(settings?: { readonly automatic?: boolean; readonly enabled?: boolean }): Promise<string>
  putKeytab(keytab: string): Promise<void>
  /** Opens a page of a login with what the browser shows: `/login`, or the one behind a button. */
  open(waiting: Waiting, path: string, ticket?: string): Promise<Response>
  /** Presses the button with a ticket. */
  press(ticket?: string, waiting?: Waiting): Promise<Response>
  /** Why the newest refusal was one. */
  reason(): Promise<string | undefined>
  /** Whom a user is connected with. */
  connected(userId: string): Promise<readonly string[]>
}

export async function openKerberosWorld(): Promise<KerberosWorld> {
  const kdc = await openKdc(REALM, PARTNER)
  kdc.trust(REALM, PARTNER)
  for (const service of [SERVICE, `HTTP/other.example@${REALM}`]) kdc.add(service)
  for (const name of [`jane@${REALM}`, `PC$@${REALM}`, `backup/host@${REALM}`, `joe@${PARTNER}`])
    kdc.add(name, PASSWORD)
  const world = await openFederationWorld({ host: 'localhost' })
  const { here } = world
  const { store } = here.service.deps

  const network: KerberosWorld['network'] = async ({ automatic = false, enabled = true } = {}) => {
    const known = (await world.methods()).Network
    await world.add({
      ...(known === undefined ? {} : { id: known }),
      type: 'KERBEROS',
      name: 'Network',
      enabled,
      authentication_level: 1,
      kerberos_attributes: { auto_login_enabled: automatic },
    })
    return String((await world.methods()).Network)
  }
  const putKeytab = (keytab: string) => here.admin<void>('PUT', '/v1/organizations/acme/keys/kerberos', { keytab })
  const open: KerberosWorld['open'] = ({ browser, handle }, path, ticket) =>
    browser.open(`${here.url}/${TENANT}${path}${path.includes('?') ? '&' : '?'}auth_req_id=${handle}`, {
      headers: ticket === undefined ? {} : { authorization: `Negotiate ${ticket}` },
    })
  await putKeytab(await kdc.keytab('acme.keytab', SERVICE))
  return {
    ...world,
    kdc,
    network,
    putKeytab,
    open,
    press: async (ticket, waiting) => open(waiting ?? (await waitAt(world)), `/login/with/${await network()}`, ticket),
    reason: async () => (await events(world)).findLast(({ event }) => event === 'login.refused')?.subject.reason,
    connected: async (userId) => {
      const user = await store.get(USERS, TENANT, userId)
      const identities = user ? await identitiesOf(store, user) : []
      return identities.map(({ issuer, subject }) => `${issuer} ${subject}`)
    },
    close: async () => {
      await world.close()
      await kdc.close()
    },
  }
}

/** Goes on as somebody new, who has an account made; returns the last page. */
export async function becomeNew({ here }: KerberosWorld, { browser }: Waiting, page: Response): Promise<Response> {
  const first = target(page, here.url)
  if (!first.pathname.endsWith('/login/with/first')) throw new Error(`${page.status} ${textOf(await page.text())}`)
  return browser.submit(await browser.open(first.href))
}

/** What a browser is asked, and what its person reads. */
export const shownBy = async (page: Response) => ({
  status: page.status,
  asked: page.headers.get('www-authenticate'),
  text: textOf(await page.text()),
})
