import { PlumblineError } from '../../config/errors.ts'
import { type Collection, GLOBAL, type Store } from './store.ts'

/** A value that is made once for all replicas of a store: of several makers one wins, and all get what it made. */
export async function createOrGet<T>(store: Store, collection: Collection<T>, value: T): Promise<T> {
  try {
    await store.create(collection, GLOBAL, value)
    return value
  } catch (error) {
    if (!(error instanceof PlumblineError && error.code === 'CONFLICT')) throw error
    return (await store.get(collection, GLOBAL, collection.id(value))) ?? value
  }
}
