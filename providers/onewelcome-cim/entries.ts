import { PlumblineError } from '../../config/errors.ts'
import type { Kind } from '../../config/kind.ts'
import { fromWire, toWire, type Wire } from '../../config/wire.ts'
import type { Adapter, Observed, Target } from '../../reconciler/adapter.ts'
import type { Once } from '../read-once.ts'
import { encoded } from '../session.ts'
import { type CimDocument, URLS } from './document.ts'

/** Observing entries of a list that is read as a whole: by id, else by natural key. */
function reader(
  kind: Kind,
  entries: Once<readonly Wire[]>,
): Pick<Adapter, 'observe'> & Required<Pick<Adapter, 'list'>> {
  const observed = (raw: Wire): Observed => {
    const spec = fromWire(kind.spec, raw)
    return { id: String(raw.id), key: kind.key(spec, ''), spec, raw }
  }
  const find = (all: readonly Observed[], { id, key }: Target): Observed | undefined =>
    all.find((o) => o.id === id) ?? all.find((o) => o.key === key)
  return {
    async observe(target, signal) {
      return find((await entries.get(signal)).map(observed), target)
    },
    async *list(_tenant, signal) {
      yield* (await entries.get(signal)).map(observed)
    },
  }
}

/** Redirect targets of action tokens: added and withdrawn one by one, never changed. */
export function actionTokenUrls(kind: Kind, document: CimDocument): Adapter {
  const read = reader(kind, document.urls)
  return {
    ...read,
    async create(target, desired, signal) {
      document.urls.forget()
      const found = await read.observe(target, signal)
      if (found) return { id: found.id }
      const body = toWire(kind.spec, desired)
      await document.write({ id: 'addWhitelistedUrl', method: 'POST', path: URLS, body }, signal)
      const added = await read.observe(target, signal)
      if (added) return { id: added.id }
      throw new PlumblineError('DIVERGED', `${target.address}: the URL was added and is not in the list`)
    },
    async update(target) {
      throw new PlumblineError('REFUSED', `${target.address}: a redirect target has no operation that changes it`)
    },
    async delete(_target, observed, signal) {
      const path = `${URLS}/${encoded(observed.id)}`
      await document.write({ id: 'deleteWhitelistedUrl', method: 'DELETE', path, accepts: [404] }, signal)
    },
  }
}

/** Identity providers are derived from the login methods: there is nothing to write. */
export function identityProviders(kind: Kind, document: CimDocument): Adapter {
  const refuse = async (target: Target): Promise<never> => {
    throw new PlumblineError('REFUSED', `${target.address}: identity providers can only be observed`)
  }
  return { ...reader(kind, document.identityProviders), create: refuse, update: refuse, delete: refuse }
}
