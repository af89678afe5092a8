import { totpCode } from '../identity/factors/totp/code.ts'
import { CSRF_FIELD } from '../identity/frame/csrf.ts'
import type { Begun } from '../signin/flow.ts'
import type { StepAnswer } from '../signin/steps.ts'
import { ticketIn } from './ticket.ts'

const CSRF = new RegExp(`name="${CSRF_FIELD}" value="([^"]+)"`)
/** The secret of the app, in groups of four. */
const SECRET = /<code>([A-Z2-7 ]{20,})<\/code>/

/** Sets up an authenticator app in the middle of a login, by the pages; `undefined` where that is not allowed. */
export async function withNewApp({ agent, handle }: Begun, tenant: string, now: Date): Promise<StepAnswer | undefined> {
  const at = (path: string): string => `/${tenant}/login/authenticator/${path}?auth_req_id=${handle}`
  const shown = await textOf(await agent.page(at('new')))
  const secret = SECRET.exec(shown)?.[1]?.replaceAll(' ', '')
  if (secret === undefined) return undefined
  const kept = await textOf(await agent.form(at('new'), { csrf: csrfIn(shown), code: totpCode(secret, now) }))
  return ticketIn(await agent.form(at('done'), { csrf: csrfIn(kept) }))
}

const textOf = (answer: Response): Promise<string> | string => (answer.ok ? answer.text() : '')

const csrfIn = (page: string): string => CSRF.exec(page)?.[1] ?? ''
