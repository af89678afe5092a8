import type { ConnectOptions } from '../../reconciler/adapter.ts'
import { SystemClient, type SystemDialect } from '../client.ts'
import type { FailureReaction, Reactions } from '../reactions.ts'

const DISABLED: FailureReaction = {
  code: 'API_DISABLED',
  stops: 'connection',
  help: 'The configuration API of CIM is switched off. Only an operator of the installation can switch it on.',
}

/** Errors have no bodies (notes, "Errors"): the status is all there is. */
const DIALECT: SystemDialect = {
  system: 'OneWelcomeCim',
  reactions: {
    404: { code: 'UNEXPECTED_RESPONSE', stops: 'connection', help: 'Check the endpoint of the connection.' },
    409: DISABLED,
  },
  explain: () => undefined,
}

/** Version 1 says with 500 that the API is switched off; one more try tells that from a fault. */
export const VERSION_1: Reactions = { 500: { ...DISABLED, retry: { afterSeconds: 5, attempts: 1 } } }

/** Basic authentication (RFC 7617) on every operation. */
export function cimClient(options: ConnectOptions): SystemClient {
  const client: SystemClient = new SystemClient(DIALECT, options, async () => {
    const [user, password] = ['username', 'password'].map((name) => client.credential(options.credentials, name))
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  })
  return client
}
