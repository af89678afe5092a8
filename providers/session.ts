import { PlumblineError } from '../config/errors.ts'
import type { Kind, SystemName } from '../config/kind.ts'
import type { Adapter, Session } from '../reconciler/adapter.ts'

/** Kind name → how its adapter is made. */
export type Adapters = Readonly<Record<string, (kind: Kind) => Adapter>>

/** A session whose adapters come from a table; each is made once. */
export function sessionOf(system: SystemName, adapters: Adapters, rest: Omit<Session, 'adapter'>): Session {
  const made = new Map<string, Adapter>()
  return {
    ...rest,
    adapter(kind) {
      const adapter = made.get(kind.name) ?? adapters[kind.name]?.(kind)
      if (!adapter) throw new PlumblineError('INTERNAL', `${system} has no adapter for the kind ${kind.name}`)
      made.set(kind.name, adapter)
      return adapter
    },
  }
}

/** `delete` of a kind that its system cannot delete; the kind's deletion policies keep core from calling it. */
export function cannotDelete(kind: Kind): Adapter['delete'] {
  return async (target) => {
    throw new PlumblineError('REFUSED', `${target.address}: ${kind.system} has no operation that deletes it`, {
      help: 'Use the deletion policy Retain.',
    })
  }
}

/** One segment of a path or one value of a query. Throws REFUSED for `.` and `..`, which a URL takes for steps elsewhere. */
export function encoded(value: string): string {
  if (value !== '.' && value !== '..' && value.isWellFormed()) return encodeURIComponent(value)
  throw new PlumblineError('REFUSED', `the name ${JSON.stringify(value)} cannot stand in an address`, {
    didNothing: true,
  })
}

/** The document's own name, from its address: the last part. */
export const documentName = (address: string): string => address.slice(address.lastIndexOf('/') + 1)
