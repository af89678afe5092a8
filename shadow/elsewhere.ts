import { PlumblineError } from '../config/errors.ts'
import { isFederated } from '../identity/directory/methods.ts'
import { federatedLogins } from '../identity/federation/methods.ts'
import { providerName } from '../review/federated.ts'
import type { Begun } from '../signin/flow.ts'
import type { StepAnswer } from '../signin/steps.ts'
import type { Person } from './people.ts'
import type { ShadowService } from './service.ts'
import { ticketIn } from './ticket.ts'

/** Signs in at another provider by the pages: away, and back again. Throws REFUSED in words of ours where that does not work. */
export async function signInElsewhere(
  { service: { deps }, providers }: ShadowService,
  { agent, handle }: Begun,
  { tenant, username, enrolled: { first } }: Person,
): Promise<StepAnswer | undefined> {
  if (!isFederated(first)) return undefined
  const name = providerName(first)
  const login = (await federatedLogins(deps, tenant)).find(({ method }) => method === first)
  if (login === undefined) throw new PlumblineError('REFUSED', `there is no login by ${name}`)
  providers.know(login)
  const away = await agent.page(`/${tenant}/login/with/${login.id}?auth_req_id=${handle}`)
  const address = URL.parse(away.headers.get('location') ?? '')
  const back = address === null ? undefined : providers.signIn(address, username, login)
  if (back === undefined) throw new PlumblineError('REFUSED', `nobody is sent on to ${name} (status ${away.status})`)
  const answer = await ticketIn(await agent.page(`${back.pathname}${back.search}`))
  if (answer === undefined) throw new PlumblineError('REFUSED', `the account at ${name} was not accepted`)
  return answer
}
