import { isRecord } from '../../config/json.ts'
import type { ConnectOptions, Credentials } from '../../reconciler/adapter.ts'
import { SystemClient, type SystemDialect } from '../client.ts'
import type { FailureReaction } from '../reactions.ts'

const FAULT: FailureReaction = { code: 'UNAVAILABLE', retry: 'backoff' }
const DENIED: FailureReaction = { code: 'FORBIDDEN' }
const WRONG: FailureReaction = { code: 'REJECTED' }
const REFUSED: FailureReaction = {
  code: 'UNAUTHENTICATED',
  stops: 'connection',
  help: 'The access hash is wrong or has expired (it lives 24 hours). Put a new one where the connection reads it.',
}

/** `status.code` → reaction (contract navixy, x-error-codes; notes, "Errors"). These are no HTTP statuses. */
const CODES: Readonly<Record<number, FailureReaction>> = {
  1: FAULT,
  2: { ...DENIED, stops: 'connection' },
  3: REFUSED,
  4: REFUSED,
  5: WRONG,
  6: FAULT,
  7: WRONG,
  8: FAULT,
  9: WRONG,
  11: { ...DENIED, stops: 'connection' },
  12: WRONG,
  13: DENIED,
  14: FAULT,
  15: { code: 'RATE_LIMITED', retry: 'backoff' },
  101: DENIED,
  201: { code: 'NOT_FOUND', help: 'A user id is unknown or belongs to another dealer.' },
}

const UNKNOWN_CODE: FailureReaction = { code: 'UNEXPECTED_RESPONSE' }

function statusOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(body) && isRecord(body.status) ? body.status : undefined
}

/** The code decides, not the status; `success` counts with status 200 too. */
const DIALECT: SystemDialect = {
  system: 'Navixy',
  // Unknown users are code 201; status 404 is an address that does not exist.
  reactions: { 404: { code: 'UNEXPECTED_RESPONSE', help: 'Check the endpoint of the connection.' } },
  judge(status, body) {
    const code = statusOf(body)?.code
    if (typeof code === 'number') return CODES[code] ?? (status >= 500 ? FAULT : UNKNOWN_CODE)
    if (status < 200 || status >= 300) return undefined
    return isRecord(body) && body.success === true ? undefined : UNKNOWN_CODE
  },
  explain(body) {
    const code = statusOf(body)?.code
    return typeof code === 'number' ? `code ${code}${parameters(body)}` : undefined
  },
}

/** Names of the refused parameters, with code 7. */
function parameters(body: unknown): string {
  const errors = isRecord(body) && Array.isArray(body.errors) ? body.errors.filter(isRecord) : []
  const named = errors.map((e) => e.parameter).filter((p) => typeof p === 'string')
  return named.length > 0 ? ` (${named.join(', ')})` : ''
}

/** Sends the hash in the header only: the query form ends up in access logs. Renews it once when it is refused. */
export function navixyClient(options: ConnectOptions): SystemClient {
  let credentials: Credentials = options.credentials
  const client: SystemClient = new SystemClient(
    DIALECT,
    options,
    async (_signal, refused) => {
      if (refused) credentials = await options.renewCredentials()
      return { authorization: `NVX ${client.credential(credentials, 'hash')}` }
    },
    true,
  )
  return client
}
