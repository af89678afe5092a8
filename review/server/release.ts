import type { PullRequest } from '../../forge/model.ts'
import { GLOBAL } from '../../identity/store/store.ts'
import type { Desk } from './context.ts'
import { enqueuePull } from './queue.ts'
import { lockObjects, MANY, PULLS, type PullState, put } from './state.ts'

/** The end of a pull request: what it held is given back, and those that are left are looked at, since their base has moved. */
export async function releasePull(desk: Desk, pull: PullRequest, state: PullState): Promise<void> {
  await put(desk.store, PULLS, { ...state, open: false, objects: [], planned: [], plans: {} })
  await lockObjects(desk.store, pull.number, [])
  const { items } = await desk.store.find(PULLS, GLOBAL, { where: { open: true }, limit: MANY })
  for (const { id } of items) await enqueuePull(desk.store, desk.now(), Number(id))
}
