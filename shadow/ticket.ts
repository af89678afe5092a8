import type { StepAnswer } from '../signin/steps.ts'

/** In the address that a page goes on to, or in that of the second step. */
const TICKET = /[?&;]nonce=([^&"]+)/

/** The ticket with which a page of a login goes on; `undefined` when it goes on nowhere. */
export async function ticketIn(page: Response): Promise<StepAnswer | undefined> {
  const location = page.headers.get('location')
  if (location?.includes('/login/second')) {
    const nonce = location.split('#')[1]
    return nonce === undefined ? undefined : { nonce, need_verify: true }
  }
  const nonce = page.ok ? TICKET.exec(await page.text())?.[1] : undefined
  return nonce === undefined ? undefined : { nonce: decodeURIComponent(nonce), need_verify: false }
}
