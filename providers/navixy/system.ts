import { PlumblineError } from '../../config/errors.ts'
import { isRecord } from '../../config/json.ts'
import type { Kind } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, Desired, System } from '../../reconciler/adapter.ts'
import type { Operation, SystemClient } from '../client.ts'
import { overlay, picked } from '../merge.ts'
import { placeBehind } from '../place-behind.ts'
import { cannotDelete, sessionOf } from '../session.ts'
import { navixyClient } from './client.ts'

const BASE = '/panel/user/mfa/settings'
const READ: Operation = {
  id: 'readDefaultMfaSettings',
  method: 'POST',
  reads: true,
  path: `${BASE}/default/read`,
  body: {},
}
const updateDefault = (settings: Wire): Operation => ({
  id: 'updateDefaultMfaSettings',
  method: 'POST',
  path: `${BASE}/default/update`,
  body: { settings },
})
const updateUsers = (target: Wire, settings: Wire): Operation => ({
  id: 'updateUserMfaSettings',
  method: 'POST',
  path: `${BASE}/update`,
  body: { target, settings },
})

const TYPES: ReadonlySet<unknown> = new Set(['allowed', 'disallowed'])
/** User ids per call (contract, UpdateTargetSelected). */
const CHUNK = 100

/** Factors are pointless with `disallowed` and not sent then. */
function settingsOf({ type, factor_types }: Wire): Wire {
  return type === 'allowed' ? { type, factor_types } : { type }
}

/** The default for new users; no value means that none was ever set. */
function mfaDefault(kind: Kind, client: SystemClient): Adapter {
  return {
    async observe(_target, signal) {
      const raw = client.object(READ, await client.call(READ, signal)).value
      if (raw === undefined || raw === null) return undefined
      if (!isRecord(raw) || !TYPES.has(raw.type)) throw client.unexpected(READ, 'answered settings of an unknown type')
      return { id: kind.name, key: '', spec: fromWire(kind.spec, raw), raw }
    },
    async create(_target, desired, signal) {
      await client.call(updateDefault(settingsOf(toWire(kind.spec, desired))), signal)
      return { id: kind.name }
    },
    async update(_target, observed, desired, changes, signal) {
      const settings = overlay(kind.spec, observed.raw as Wire, toWire(kind.spec, picked(desired, changes)))
      await client.call(updateDefault(settingsOf(settings)), signal)
    },
    delete: cannotDelete(kind),
    async *list(_tenant, signal) {
      const observed = await this.observe({ kind, address: kind.name, key: '' }, signal)
      if (observed) yield observed
    },
  }
}

/** Settings of existing users. The system never returns them: core compares with what it wrote last. */
function mfaAssignment(kind: Kind, client: SystemClient): Adapter {
  const write = (desired: Desired, signal: AbortSignal) => writeUsers(client, toWire(kind.spec, desired), signal)
  return {
    async observe(target) {
      return { id: target.key, key: target.key, spec: {} }
    },
    async create(target, desired, signal) {
      await write(desired, signal)
      return { id: target.key }
    },
    async update(_target, _observed, desired, _changes, signal) {
      await write(desired, signal)
    },
    delete: cannotDelete(kind),
  }
}

async function writeUsers(client: SystemClient, wire: Wire, signal: AbortSignal): Promise<void> {
  const settings = settingsOf(wire)
  if (!Array.isArray(wire.ids)) {
    await client.call(updateUsers({ type: 'all' }, settings), signal)
    return
  }
  const ids: readonly number[] = [...new Set(wire.ids)]
  const unknown: number[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    unknown.push(...(await writeSelected(client, ids.slice(at, at + CHUNK), settings, signal)))
  }
  if (unknown.length > 0) throw unknownUsers(unknown)
}

/** Writes to all of `ids` that the dealer has; returns the others, found by halving since a refusal names none. */
async function writeSelected(
  client: SystemClient,
  ids: readonly number[],
  settings: Wire,
  signal: AbortSignal,
): Promise<readonly number[]> {
  try {
    await client.call(updateUsers({ type: 'selected', ids }, settings), signal)
    return []
  } catch (error) {
    if (!(error instanceof PlumblineError) || error.code !== 'NOT_FOUND') throw error
    if (ids.length === 1) return ids
    const half = Math.ceil(ids.length / 2)
    const first = await writeSelected(client, ids.slice(0, half), settings, signal)
    return [...first, ...(await writeSelected(client, ids.slice(half), settings, signal))]
  }
}

const unknownUsers = (ids: readonly number[]): PlumblineError =>
  new PlumblineError('NOT_FOUND', `Navixy updateUserMfaSettings: the dealer has no users ${ids.join(', ')}`, {
    help: 'Take these ids out of the document; the settings of all other listed users are written.',
  })

/** Second-factor settings of a Navixy dealer (contract navixy). Its calls are sent one after the other. */
export const Navixy: System = {
  name: 'Navixy',
  parallelWrites: 1,
  connect(options) {
    const client = navixyClient(options)
    const adapters = {
      MfaDefault: (kind: Kind) => mfaDefault(kind, client),
      MfaAssignment: (kind: Kind) => mfaAssignment(kind, client),
    }
    return sessionOf('Navixy', adapters, { refresh: () => undefined, place: placeBehind(options, 'Navixy') })
  },
}
