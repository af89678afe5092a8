import type { Collection, Condition, Query, Scope, Store } from '../../store/store.ts'

const PAGE = 500

/** Every document that matches, a page at a time. */
export const everyOne = <T>(
  store: Store,
  collection: Collection<T>,
  scope: Scope,
  where: NonNullable<Query<T>['where']> = {},
): AsyncGenerator<T> => pages(store, collection, scope, { where })

/** The same for a condition on the terms. */
export const everyMatch = <T>(
  store: Store,
  collection: Collection<T>,
  scope: Scope,
  matching: Condition,
): AsyncGenerator<T> => pages(store, collection, scope, { matching })

async function* pages<T>(
  store: Store,
  collection: Collection<T>,
  scope: Scope,
  query: Omit<Query<T>, 'limit'>,
): AsyncGenerator<T> {
  for (let offset = 0; ; offset += PAGE) {
    const page = await store.find(collection, scope, { ...query, limit: PAGE, offset })
    yield* page.items
    if (offset + PAGE >= page.total) return
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
