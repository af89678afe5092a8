import { isRecord } from '../../config/json.ts'
import type { Wire } from '../../config/wire.ts'
import type { ConnectOptions } from '../../reconciler/adapter.ts'
import { SystemClient, type SystemDialect, sentence } from '../client.ts'

/** Statuses as in `x-recommended-errors`, 422 of the contract and SCIM errors (RFC 7644, section 3.12). */
const DIALECT: SystemDialect = {
  system: 'SecretsVault',
  reactions: {
    401: {
      code: 'UNAUTHENTICATED',
      stops: 'connection',
      help: 'The API key of the connection is wrong, expired or withdrawn.',
    },
  },
  explain(body) {
    if (!isRecord(body)) return undefined
    if (!Array.isArray(body.detail)) return sentence(body.detail, body.scimType)
    return sentence(...body.detail.filter(isRecord).map(validationError))
  },
}

/** One entry of a 422 body: where and what. */
function validationError({ loc, msg }: Wire): string {
  return `${Array.isArray(loc) ? `${loc.join('.')}: ` : ''}${String(msg)}`
}

/** Authenticates with the header X-API-Key. */
export function vaultClient(options: ConnectOptions): SystemClient {
  const client: SystemClient = new SystemClient(DIALECT, options, async () => ({
    'x-api-key': client.credential(options.credentials, 'apiKey'),
  }))
  return client
}
