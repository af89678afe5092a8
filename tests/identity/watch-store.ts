import type { Store } from '../../identity/store/store.ts'

/** Notes every call of the store until the returned function ends it. */
export function watchStore(store: Store, seen: string[]): () => void {
  const verbs = ['create', 'createMarked', 'get', 'update', 'take', 'delete', 'find'] as const
  const originals = verbs.map((verb) => [verb, store[verb]] as const)
  for (const [verb, original] of originals)
    Object.assign(store, {
      [verb]: (...args: [{ readonly name: string }, ...unknown[]]) => {
        seen.push(`${verb} ${args[0].name}`)
        return (original as (...all: unknown[]) => unknown).apply(store, args)
      },
    })
  return () => {
    for (const [verb, original] of originals) Object.assign(store, { [verb]: original })
  }
}
