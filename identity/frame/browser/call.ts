/** A refusal of the service. */
export class RefusedCall extends Error {
  readonly status: number
  /** Seconds to wait, where the service said so. */
  readonly wait: number
  /** The field that it is about, where the service said so. */
  readonly field: string | undefined

  constructor(status: number, wait: number, field?: string) {
    super(`refused with ${status}`)
    this.name = 'Refused'
    this.status = status
    this.wait = wait
    this.field = field
  }
}

/** Contract schema ValidationErrorBody. */
interface Invalid {
  readonly detail?: readonly { readonly loc?: readonly (string | number)[] }[]
}

/** Sends JSON to an operation of the service. Throws Refused. */
export async function call<T>(address: string, body: object, csrf: string): Promise<T> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': csrf }
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })
  if (answer.ok) return (await answer.json()) as T
  const field = answer.status === 422 ? fieldOf((await answer.json()) as Invalid) : undefined
  throw new RefusedCall(answer.status, Number(answer.headers.get('retry-after') ?? 0), field)
}

const fieldOf = ({ detail }: Invalid): string | undefined => detail?.[0]?.loc?.at(-1)?.toString()

/** Contract schema LoginResult. */
export interface SignedInAnswer {
  readonly nonce: string
  readonly need_verify: boolean
}

/**
 * Takes the ticket of a login on: to the end, or to the factor that is missing. Its page may need the ticket, which goes there in the
 * fragment: it is sent to no server and stands in no log.
 */
export function proceed(result: SignedInAnswer, authReqId: string, complete: string, second: string): void {
  if (result.need_verify) location.assign(`${second}#${result.nonce}`)
  else location.replace(`${complete}?${new URLSearchParams({ auth_req_id: authReqId, nonce: result.nonce })}`)
}

/** The ticket of the first factor of a login, from the page before. */
export const firstTicket = (): string => location.hash.slice(1)
