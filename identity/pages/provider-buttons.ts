import type { Deps } from '../deps.ts'
import { isKerberos } from '../federation/kerberos/settings.ts'
import { type FederatedLogin, isOfferedAt, loginsIn } from '../federation/methods.ts'
import { type Html, html } from '../frame/html.ts'
import type { Say } from '../frame/texts.ts'
import { offeredMethods } from '../policy/offers.ts'
import type { WaitingPage } from './waiting-login.ts'

/** A step of a login at one provider. */
export interface Visit {
  readonly page: WaitingPage
  readonly provider: FederatedLogin
}

/** The logins at other providers that a waiting login may take; none where one method alone is demanded. */
export function offeredProviders(
  deps: Pick<Deps, 'masterKey'>,
  { login: { settings, policy }, pending }: Pick<WaitingPage, 'login' | 'pending'>,
  ip: string,
): readonly FederatedLogin[] {
  if (pending.demand !== undefined) return []
  const offered = new Set(offeredMethods(policy))
  return loginsIn(deps, settings).filter((provider) => offered.has(provider.method) && isOfferedAt(provider, ip))
}

/** A button for each. They lead away by GET, so that no policy about forms holds the browser back. */
export const providerButtons = (
  say: Say,
  { to }: Pick<WaitingPage, 'to'>,
  providers: readonly FederatedLogin[],
): readonly Html[] =>
  providers.map((provider) => {
    const label = say(isKerberos(provider) ? 'ticket.button' : 'provider.button', { provider: provider.name })
    return html`<a class="button second" href="${to(`/login/with/${provider.id}`)}">${label}</a>`
  })
