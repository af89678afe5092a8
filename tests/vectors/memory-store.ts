import type { Collection, Store } from '../../identity/store/store.ts'

/** The verbs that the protocol uses, without expiry. */
export function memoryStore(): Store {
  const values = new Map<string, unknown>()
  const key = (c: { readonly name: string }, scope: string, id: string) => JSON.stringify([c.name, scope, id])
  const verbs: Pick<Store, 'create' | 'take'> = {
    create: async <T>(c: Collection<T>, scope: string, value: T) => {
      values.set(key(c, scope, c.id(value)), value)
    },
    take: async <T>(c: Collection<T>, scope: string, id: string) => {
      const value = values.get(key(c, scope, id)) as T | undefined
      values.delete(key(c, scope, id))
      return value
    },
  }
  return verbs as Store
}
