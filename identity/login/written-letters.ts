import type { Deps } from '../deps.ts'
import { foldName } from '../platform/fold-name.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection } from '../store/store.ts'

/** That a code was written lately; it is gone when another one may be. */
interface Written {
  readonly id: string
}
const WRITTEN: Collection<Written> = { name: 'lettersWritten', id: (w) => w.id, indexes: [] }

/** Whether a code may be written: no sooner after the last one than `pause` seconds. */
export async function mayWrite(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  to: string,
  pause: number,
): Promise<boolean> {
  return pause === 0 || succeeds(store.create(WRITTEN, tenant, { id: foldName(to) }, pause), 'CONFLICT')
}
