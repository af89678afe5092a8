import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, System } from '../../reconciler/adapter.ts'
import { type Operation, SystemClient, type SystemDialect, sentence } from '../client.ts'
import { overlay, picked, wireFields } from '../merge.ts'
import { placeBehind } from '../place-behind.ts'
import { sessionOf } from '../session.ts'
import { TokenSource } from './token.ts'

/** Contract sailpoint, responses 400 to 500. */
const DIALECT: SystemDialect = {
  system: 'SailPoint',
  reactions: { 429: { code: 'RATE_LIMITED', retry: { afterSeconds: 10, attempts: 5 } } },
  explain(body) {
    if (!isRecord(body)) return undefined
    const tracking = typeof body.trackingId === 'string' ? `tracking id ${body.trackingId}` : undefined
    return sentence(body.detailCode, body.error, body.message, tracking)
  },
}

const PATH = '/password-org-config'
const READ: Operation = { id: 'getPasswordOrgConfig', method: 'GET', path: PATH, accepts: [404] }
const write = (method: 'POST' | 'PUT', body: Wire): Operation => ({
  id: method === 'POST' ? 'createPasswordOrgConfig' : 'putPasswordOrgConfig',
  method,
  path: PATH,
  body,
})

/**
 * The singleton of a tenant host. PUT merges, so it carries the known fields only; POST puts unsent fields back to
 * their defaults, so it is used where nothing is stored yet and for a reset.
 */
function passwordOrgConfig(kind: Kind, client: SystemClient): Adapter {
  const known = new Set([...wireFields(kind.spec)].map((f) => f.name))
  return {
    async observe(_target, signal) {
      const answer = await client.call(READ, signal)
      if (answer.status === 404) return undefined
      const raw = client.object(READ, answer)
      return { id: kind.name, key: '', spec: fromWire(kind.spec, raw), raw }
    },
    async create(_target, desired, signal) {
      await client.call(write('POST', toWire(kind.spec, desired)), signal)
      return { id: kind.name }
    },
    async update(_target, observed, desired, changes, signal) {
      const found = Object.entries(observed.raw as Wire).filter(([name]) => known.has(name))
      const body = overlay(kind.spec, Object.fromEntries(found), toWire(kind.spec, picked(desired, changes)))
      await client.call(write('PUT', body), signal)
    },
    async delete(_target, _observed, signal) {
      await client.call(write('POST', {}), signal)
    },
    async *list(_tenant, signal) {
      const observed = await this.observe({ kind, address: kind.name, key: '' }, signal)
      if (observed) yield observed
    },
  }
}

/** Password settings of SailPoint Identity Security Cloud (contract sailpoint, beta). */
export const SailPoint: System = {
  name: 'SailPoint',
  parallelWrites: 1,
  connect(options) {
    const client: SystemClient = new SystemClient(
      DIALECT,
      options,
      async (signal, refused) => ({ authorization: `Bearer ${await tokens.get(signal, refused)}` }),
      true,
    )
    const tokens = new TokenSource(client, options)
    const adapters = { PasswordOrgConfig: (kind: Kind) => passwordOrgConfig(kind, client) }
    return sessionOf('SailPoint', adapters, {
      refresh: () => tokens.forget(),
      place: placeBehind(options, 'SailPoint'),
    })
  },
}
