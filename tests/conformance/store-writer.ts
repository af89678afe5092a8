import { openStore } from '../../identity/store/open.ts'
import type { Collection } from '../../identity/store/store.ts'

/** Writes documents `0`, `1`, ... into the store at the first argument and prints each id once it is acknowledged. */
const WRITES: Collection<{ id: string }> = { name: 'writes', id: (w) => w.id, indexes: [] }

const store = await openStore(process.argv[2] ?? '')
for (let i = 0; ; i++) {
  await store.create(WRITES, 'writer', { id: String(i) })
  process.stdout.write(`${i}\n`)
}
