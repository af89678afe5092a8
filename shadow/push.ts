import { PlumblineError } from '../config/errors.ts'
import { pushApprovalOf } from '../identity/factors/push/approvals.ts'
import { Agent } from '../signin/agent.ts'
import type { Begun } from '../signin/flow.ts'
import type { StepAnswer } from '../signin/steps.ts'
import { sendForm } from './forms.ts'
import type { Person } from './people.ts'
import type { ShadowService } from './service.ts'
import { ticketIn } from './ticket.ts'

/** What a browser of somebody is known by. */
export const browserName = ({ tenant, username }: Pick<Person, 'tenant' | 'username'>): string =>
  `${tenant} ${username}`

/** Approves a login in another browser of the person, by the pages; `undefined` where that does not complete it. */
export async function approvedByPush(
  shadow: ShadowService,
  { agent, handle }: Begun,
  person: Person,
): Promise<StepAnswer | undefined> {
  const { deps } = shadow.service
  const offer = await agent.page(`/${person.tenant}/login/push?auth_req_id=${handle}`)
  if (!offer.ok) return undefined
  const waiting = await sendForm(agent, await offer.text(), {})
  const approval = await pushApprovalOf(deps, person.tenant, handle)
  const lead = shadow.providers.push.leadOf(browserName(person))
  if (approval === undefined || lead === undefined)
    throw new PlumblineError('REFUSED', `the browser was not asked (status ${waiting.status})`)
  const other = new Agent(shadow.url, shadow.signal)
  const question = await other.page(lead)
  await sendForm(other, await question.text(), { number: String(approval.number), decision: 'approve' })
  return ticketIn(await sendForm(agent, await waiting.text(), {}))
}
