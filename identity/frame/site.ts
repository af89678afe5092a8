import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { StoredClient } from '../directory/clients.ts'
import { TENANTS, type Tenant } from '../directory/tenants.ts'
import { policyForAnybody } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import { type LoginSettings, readLoginSettings } from '../policy/settings.ts'
import { GLOBAL } from '../store/store.ts'
import { type Say, textsFor } from './texts.ts'

interface Link {
  readonly label: string
  readonly url: string
}

/** What every page shows of whose page it is. */
export interface Site {
  /** Path below which the pages of the tenant are; empty when no tenant is known. */
  readonly base: string
  readonly title: string
  /** An https address, or nothing. */
  readonly logo: string | undefined
  readonly links: readonly Link[]
  readonly say: Say
  readonly tenant: Tenant | undefined
  readonly client: StoredClient | undefined
  readonly settings: LoginSettings | undefined
  /** What the settings say about logins here. */
  readonly policy: EffectivePolicy | undefined
}

/** For a page that no tenant or language is known for. */
export const NOBODYS_SITE: Site = {
  base: '',
  title: '',
  logo: undefined,
  links: [],
  say: textsFor(undefined, undefined),
  tenant: undefined,
  client: undefined,
  settings: undefined,
  policy: undefined,
}

/** Who a page is for: the tenant in its path, and the client, where one is known. */
export interface Whose {
  readonly tenantId: string
  readonly clientId?: string | undefined
  /** Languages that the application prefers (OpenID Connect Core, section 3.1.2.1), before those of the browser. */
  readonly uiLocales?: string | undefined
}

/** Gathers what the pages of a tenant show. An unknown tenant or client is left out. */
export async function siteOf(
  deps: Pick<Deps, 'store'>,
  request: Pick<FastifyRequest, 'headers'>,
  whose: Whose,
): Promise<Site> {
  const { tenantId, clientId, uiLocales = '' } = whose
  const tenant = await deps.store.get(TENANTS, GLOBAL, tenantId)
  const settings = tenant && (await readLoginSettings(deps, { tenant, clientId }))
  const { client, organization } = settings ?? {}
  const policy = settings && policyForAnybody(settings)
  const say = textsFor(languagesOf(request, uiLocales), organization?.cim.custom_messages)
  return {
    base: tenant ? `/${tenantId}` : '',
    title: tenant ? policy?.page.title.value || tenantId : '',
    logo: logoOf(client?.logo_uri),
    links: linksOf(client, say),
    say,
    tenant,
    client,
    settings,
    policy,
  }
}

/** As the header Accept-Language writes it. */
const languagesOf = ({ headers }: Pick<FastifyRequest, 'headers'>, uiLocales: string): string =>
  [...uiLocales.split(' '), headers['accept-language'] ?? ''].filter((part) => part !== '').join(',')

const LINKS = [
  ['op_policy_url', 'common.policy'],
  ['op_tos_url', 'common.terms'],
  ['op_user_agreement_url', 'common.agreement'],
] as const

function linksOf(client: StoredClient | undefined, say: Say): readonly Link[] {
  return LINKS.flatMap(([field, key]) => {
    const url = httpsOf(client?.[field])
    return url === undefined ? [] : [{ label: say(key), url }]
  })
}

/** A host-source of Content Security Policy Level 3, section 2.3.1; hosts of URLs may hold `;`, `,` and `*`, too, which would say more than where the logo is. */
const CSP_HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/

/** Names its site in the policy of the page, so an address that says more there is none. */
export function logoOf(text: string | null | undefined): string | undefined {
  const address = httpsOf(text)
  return address !== undefined && CSP_HOST.test(new URL(address).hostname) ? address : undefined
}

/** Whatever a registration says, a page leads to https addresses only. */
export function httpsOf(text: string | null | undefined): string | undefined {
  const url = URL.parse(text ?? '')
  return url?.protocol === 'https:' ? url.href : undefined
}

/** What people know an application by. */
export const applicationName = ({ client_id, name }: StoredClient): string => (name === '' ? client_id : name)
