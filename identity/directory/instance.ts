import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { createOrGet } from '../store/create-or-get.ts'
import { type Collection, GLOBAL } from '../store/store.ts'

interface Instance {
  readonly id: 'instance'
  readonly instance_id: string
}

const INSTANCES: Collection<Instance> = { name: 'instances', id: (i) => i.id, indexes: [] }

/**
 * Tells the store of this service from every other one, by whatever address the service is reached. Made once, at the
 * first question; a backup holds it, so it outlives a move to another database.
 */
export async function instanceId({ store }: Pick<Deps, 'store'>): Promise<string> {
  const known = await store.get(INSTANCES, GLOBAL, 'instance')
  const instance = known ?? (await createOrGet(store, INSTANCES, { id: 'instance', instance_id: randomUUID() }))
  return instance.instance_id
}
