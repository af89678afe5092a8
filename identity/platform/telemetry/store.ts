import type { Store } from '../../store/store.ts'

/** Told of each operation on the store as it begins; returns what is to be told of its end. */
export type StoreWatcher = (operation: string, collection: string) => (error?: unknown) => void

/** The same store, with every operation watched. */
export function watchedStore(store: Store, watchers: readonly StoreWatcher[]): Store {
  const watched = async <T>(operation: string, collection: string, work: () => Promise<T>): Promise<T> => {
    const ends = watchers.map((watch) => watch(operation, collection))
    try {
      const result = await work()
      for (const end of ends) end()
      return result
    } catch (error) {
      for (const end of ends) end(error)
      throw error
    }
  }
  return {
    create: (c, ...rest) => watched('create', c.name, () => store.create(c, ...rest)),
    createMarked: (c, ...rest) => watched('create', c.name, () => store.createMarked(c, ...rest)),
    get: (c, ...rest) => watched('get', c.name, () => store.get(c, ...rest)),
    update: (c, ...rest) => watched('update', c.name, () => store.update(c, ...rest)),
    take: (c, ...rest) => watched('take', c.name, () => store.take(c, ...rest)),
    delete: (c, ...rest) => watched('delete', c.name, () => store.delete(c, ...rest)),
    find: (c, ...rest) => watched('find', c.name, () => store.find(c, ...rest)),
    sweep: (limit) => watched('sweep', '', () => store.sweep(limit)),
    countExpired: () => store.countExpired(),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}
