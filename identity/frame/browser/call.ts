/** A refusal of the service. */
export class Refused extends Error {
  readonly status: number
  /** Seconds to wait, where the service said so. */
  readonly wait: number

  constructor(status: number, wait: number) {
    super(`refused with ${status}`)
    this.name = 'Refused'
    this.status = status
    this.wait = wait
  }
}

/** Sends JSON to an operation of the service. Throws Refused. */
export async function call<T>(address: string, body: object, csrf: string): Promise<T> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': csrf }
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Refused(answer.status, Number(answer.headers.get('retry-after') ?? 0))
  return (await answer.json()) as T
}

/** Contract schema LoginResult. */
export interface LoginResult {
  readonly nonce: string
  readonly need_verify: boolean
}

/**
 * Takes the ticket of a login on: to the end, or to the factor that is missing. Its page may need the ticket, which goes there in the
 * fragment: it is sent to no server and stands in no log.
 */
export function proceed(result: LoginResult, authReqId: string, complete: string, second: string): void {
  if (result.need_verify) location.assign(`${second}#${result.nonce}`)
  else location.replace(`${complete}?${new URLSearchParams({ auth_req_id: authReqId, nonce: result.nonce })}`)
}

/** The ticket of the first factor of a login, from the page before. */
export const firstTicket = (): string => location.hash.slice(1)
