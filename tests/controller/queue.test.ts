import { describe, expect, it } from 'vitest'
import { PRIORITY, WorkQueue } from '../../controller/queue.ts'

/** Items are `namespace/connection/name`; a connection `-` is none. Each Connection has two slots. */
const lanes = {
  laneOf: (item: string) => {
    const [namespace = '', connection = '-'] = item.split('/')
    return connection === '-' ? { namespace } : { namespace, connection: `${namespace}/${connection}` }
  },
  slotsOf: () => 2,
}
const queueOf = (...items: readonly string[]): WorkQueue => {
  const queue = new WorkQueue(lanes)
  for (const item of items) queue.add(item, PRIORITY.change)
  return queue
}
const takes = async (queue: WorkQueue, count: number): Promise<readonly (string | undefined)[]> => {
  const items: (string | undefined)[] = []
  for (let i = 0; i < count; i++) items.push((await queue.take())?.item)
  return items
}

describe('the work queue', () => {
  it('hands out no more items of a Connection than it has slots, and all others meanwhile', async () => {
    const queue = queueOf('a/slow/1', 'a/slow/2', 'a/slow/3', 'a/other/1', 'b/other/1')
    expect(await takes(queue, 4)).toEqual(['a/slow/1', 'b/other/1', 'a/other/1', 'a/slow/2'])
    const next = queue.take()
    queue.done('a/slow/1')
    expect((await next)?.item).toBe('a/slow/3')
  })

  it('lets namespaces take turns, however long the line of one of them is', async () => {
    const queue = queueOf(...Array.from({ length: 100 }, (_, i) => `crowd/c${i}/x`), 'single/c/x')
    expect(await takes(queue, 2)).toContain('single/c/x')
  })

  it('lets what waits for no system pass', async () => {
    const queue = queueOf('a/slow/1', 'a/slow/2', 'a/slow/3', 'a/-/gone')
    expect(await takes(queue, 3)).toContain('a/-/gone')
  })

  it('tells how long an item has waited, and how long ago it was asked for last', async () => {
    let now = 0
    const queue = new WorkQueue(lanes, () => now)
    queue.add('a/c/x', PRIORITY.change)
    now = 500
    queue.add('a/c/x', PRIORITY.change)
    now = 600
    expect(await queue.take()).toMatchObject({ waited: 600, askedAgo: 100 })
  })

  it('prefers what people did to what a restart queued, and keeps neither waiting for ever', async () => {
    const queue = new WorkQueue(lanes)
    for (let i = 0; i < 50; i++) queue.add(`a/old${i}/x`, PRIORITY.resume)
    for (let i = 0; i < 50; i++) queue.add(`a/new${i}/x`, PRIORITY.change)
    const taken = await takes(queue, 8)
    expect(taken.filter((item) => item?.startsWith('a/new'))).toHaveLength(6)
  })

  it('holds an item once, at its most urgent reason, and in the lane that it belongs to now', async () => {
    const queue = queueOf('a/slow/1', 'a/slow/2')
    await takes(queue, 2)
    queue.add('a/late/1', PRIORITY.drift)
    queue.add('a/late/1', PRIORITY.delete)
    queue.add('a/late/1', PRIORITY.retry)
    expect(await queue.take()).toMatchObject({ item: 'a/late/1', priority: PRIORITY.delete })
    expect(queue.depthOf(PRIORITY.drift)).toBe(0)
  })

  it('hands an item out again when it was added while it was in hand', async () => {
    const queue = queueOf('a/c/1')
    await queue.take()
    queue.add('a/c/1', PRIORITY.retry)
    const next = queue.take()
    queue.done('a/c/1')
    expect(await next).toMatchObject({ item: 'a/c/1', priority: PRIORITY.retry })
  })
})
