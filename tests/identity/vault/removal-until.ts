import { removeUser } from '../../../identity/accounts/user-removal.ts'
import { openService } from '../../../identity/service.ts'
import type { Store } from '../../../identity/store/store.ts'

// A process of the service that removes a user and dies as by `kill -9` when it comes to delete from the named collection.
const [folder = '', tenant = '', userId = '', collection = ''] = process.argv.slice(2)
const { deps } = await openService({ store: folder, dataFolder: folder })
const { store } = deps as { store: Store }
const remove = store.delete
store.delete = function (this: Store, from, ...rest) {
  if (from.name === collection) process.kill(process.pid, 'SIGKILL')
  return remove.call(this, from as never, ...rest) as never
} as Store['delete']
await removeUser(deps, tenant, userId)
