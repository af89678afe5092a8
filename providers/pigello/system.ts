import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, ConnectOptions, System } from '../../reconciler/adapter.ts'
import { type Operation, SystemClient, type SystemDialect, sentence } from '../client.ts'
import { picked, wireFields } from '../merge.ts'
import { placeBehind } from '../place-behind.ts'
import { cannotDelete, encoded, sessionOf } from '../session.ts'

const STOP = { stops: 'connection', help: 'Check the seven header values of the connection.' } as const

/** No error is published (notes, "Errors"): statuses decide, bodies only explain. */
const DIALECT: SystemDialect = {
  system: 'Pigello',
  reactions: {
    401: { code: 'UNAUTHENTICATED', ...STOP },
    403: { code: 'FORBIDDEN', ...STOP },
    409: {
      code: 'CONFLICT',
      help: 'The organization has a security configuration already. Ask for its pk and name it in externalRef.',
    },
  },
  explain(body) {
    if (!isRecord(body)) return undefined
    if (typeof body.detail === 'string') return body.detail
    return sentence(...Object.entries(body).map(([field, texts]) => `${field}: ${String(texts)}`))
  },
}

/** Credential → header. All seven go on every call. */
const HEADERS = {
  customerId: 'X-PIGELLO-CUSTOMER-ID',
  applicationId: 'X-PIGELLO-APPLICATION-ID',
  serviceId: 'X-PIGELLO-SERVICE-ID',
  serviceVersionId: 'X-PIGELLO-SERVICE-VERSION-ID',
  clientCt: 'X-PIGELLO-CLIENT-CT',
  clientEntity: 'X-PIGELLO-CLIENT-ENTITY',
  clientSecret: 'X-PIGELLO-CLIENT-SECRET',
} as const

const COLLECTION = '/configurations/securityconfiguration/'
const item = (id: string): string => `${COLLECTION}${encoded(id)}/`
const read = (id: string): Operation => ({
  id: 'getSecurityConfiguration',
  method: 'GET',
  path: item(id),
  accepts: [404],
})
const create = (body: Wire): Operation => ({
  id: 'createSecurityConfiguration',
  method: 'POST',
  path: COLLECTION,
  body,
  once: 'Ask Pigello whether the configuration was created. If so, name its pk in externalRef; else apply again.',
})
const update = (id: string, body: Wire): Operation => ({
  id: 'updateSecurityConfiguration',
  method: 'PATCH',
  path: item(id),
  body,
})

/** Found by its id only: without one nothing can be looked up, and core creates. */
function securityConfiguration(kind: Kind, client: SystemClient): Adapter {
  return {
    async observe(target, signal) {
      if (target.id === undefined) return undefined
      const operation = read(target.id)
      const answer = await client.call(operation, signal)
      if (answer.status === 404) return undefined
      const raw = client.object(operation, answer)
      return { id: client.text(operation, answer, 'id'), key: target.key, spec: fromWire(kind.spec, raw), raw }
    },
    async create(_target, desired, signal) {
      const operation = create({ ...unnamed(kind), ...toWire(kind.spec, desired) })
      return { id: client.text(operation, await client.call(operation, signal), 'id') }
    },
    async update(_target, observed, desired, changes, signal) {
      await client.call(update(observed.id, toWire(kind.spec, picked(desired, changes))), signal)
    },
    delete: cannotDelete(kind),
  }
}

/** No default is published, so all ten fields are sent: what a document does not name is off or empty. */
function unnamed(kind: Kind): Wire {
  const off = [...wireFields(kind.spec)].map(({ name, schema }) => [name, isSwitch(schema) ? false : null])
  return Object.fromEntries(off)
}

const isSwitch = (schema: unknown): boolean => (schema as { type?: string }).type === 'boolean'

function headers(client: SystemClient, { credentials }: ConnectOptions): Record<string, string> {
  return Object.fromEntries(
    Object.entries(HEADERS).map(([name, header]) => [header, client.credential(credentials, name)]),
  )
}

/** One base URL serves every customer of Pigello, so the account is the customer; its id is hidden as credentials are. */
const accountOf = ({ credentials }: ConnectOptions): string | undefined =>
  credentials.customerId?.fingerprint('account')

/** Security configurations of Pigello (contract pigello). */
export const Pigello: System = {
  name: 'Pigello',
  parallelWrites: 1,
  connect(options) {
    const client: SystemClient = new SystemClient(DIALECT, options, async () => headers(client, options))
    const adapters = { SecurityConfiguration: (kind: Kind) => securityConfiguration(kind, client) }
    return sessionOf('Pigello', adapters, {
      refresh: () => undefined,
      place: placeBehind(options, 'Pigello', accountOf(options)),
    })
  },
}
