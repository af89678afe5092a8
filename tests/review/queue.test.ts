import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../identity/store/open.ts'
import type { Store } from '../../identity/store/store.ts'
import { enqueuePull, workOff } from '../../review/server/queue.ts'
import { answeredOnce, type Command, lockObjects, markSeen, wasSeen } from '../../review/server/state.ts'
import { startPostgres } from '../support/postgres.ts'

const command = (comment: number): Command => ({ comment, author: 'alice', body: 'plumbline plan' })
const SECOND = 1_000
const MINUTE = 60 * SECOND

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'plumbline-queue-'))
  return { location: path, close: () => rm(path, { recursive: true, force: true }) }
}

async function postgres() {
  const server = await startPostgres()
  return { location: await server.database(), close: () => server.stop() }
}

describe.each([
  ['in a folder', folder],
  ['in PostgreSQL', postgres],
])('what is under way, %s', (_name, open) => {
  let place: Awaited<ReturnType<typeof folder>>
  /** Two replicas of the server. */
  let one: Store
  let other: Store
  let pull = 100
  let done: { readonly pull: number; readonly comments: readonly number[] }[]
  const note = async (number: number, commands: readonly Command[]) =>
    void done.push({ pull: number, comments: commands.map(({ comment }) => comment) })

  beforeAll(async () => {
    place = await open()
    one = await openStore(place.location)
    other = await openStore(place.location)
  })
  afterAll(async () => {
    await one.close()
    await other.close()
    await place.close()
  })
  beforeEach(() => {
    pull++
    done = []
  })

  it('is done once, whoever is told, and however often', async () => {
    await enqueuePull(one, 0, pull, command(1))
    await enqueuePull(other, 0, pull, command(1))
    await enqueuePull(one, 0, pull, command(2))
    await Promise.all([workOff(one, () => 1, note), workOff(other, () => 1, note)])
    expect(done).toEqual([{ pull, comments: [1, 2] }])
    await workOff(one, () => Number.MAX_SAFE_INTEGER - 1, note)
    expect(done).toHaveLength(1)
  })

  it('is done for a pull request by one replica at a time', async () => {
    let busy = 0
    const worker = async () => {
      expect(++busy).toBe(1)
      await other.ping()
      busy--
    }
    for (let i = 0; i < 5; i++) {
      await enqueuePull(one, 0, pull, command(i))
      await Promise.all([workOff(one, () => 1, worker), workOff(other, () => 1, worker)])
    }
  })

  it('that comes meanwhile is left to be done', async () => {
    await enqueuePull(one, 0, pull, command(1))
    await workOff(
      one,
      () => 1,
      async (number, commands) => {
        await note(number, commands)
        await enqueuePull(other, 1, pull, command(2))
      },
    )
    await workOff(other, () => 2, note)
    expect(done).toEqual([
      { pull, comments: [1] },
      { pull, comments: [2] },
    ])
  })

  it('that fails comes again, later, and keeps its commands', async () => {
    await enqueuePull(one, 0, pull, command(1))
    const failed = await workOff(
      one,
      () => 1,
      async () => {
        throw new Error('no answer')
      },
    )
    expect(failed).toEqual([{ pull: String(pull), error: new Error('no answer') }])
    await workOff(one, () => 2, note)
    expect(done).toEqual([])
    await workOff(other, () => MINUTE, note)
    expect(done).toEqual([{ pull, comments: [1] }])
  })

  it('is taken over from a replica that is gone, after 20 seconds', async () => {
    await enqueuePull(one, 0, pull, command(1))
    const [begun, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const hanging = () => {
      begun.resolve()
      return gone.promise
    }
    const first = workOff(one, () => 1, hanging)
    await begun.promise
    await workOff(other, () => 20 * SECOND, note)
    expect(done).toEqual([])
    await workOff(other, () => 20 * SECOND + 1, note)
    expect(done).toEqual([{ pull, comments: [1] }])
    gone.resolve()
    await first
    await workOff(other, () => 9 * MINUTE, note)
    expect(done).toHaveLength(1)
  })

  it('holds each object for one pull request', async () => {
    const objects = [`Tenant a${pull}`, `Tenant b${pull}`]
    expect(await lockObjects(one, pull, objects)).toEqual([])
    expect(await lockObjects(other, pull + 1000, objects)).toEqual(objects.map((object) => ({ object, pull })))
    expect(await lockObjects(one, pull, objects.slice(0, 1))).toEqual([])
    expect(await lockObjects(other, pull + 1000, objects)).toEqual([{ object: objects[0], pull }])
    await lockObjects(one, pull, [])
    expect(await lockObjects(other, pull + 1000, objects)).toEqual([])
  })

  it('remembers what was seen', async () => {
    expect(await wasSeen(one, `delivery ${pull}`)).toBe(false)
    await markSeen(one, `delivery ${pull}`)
    await markSeen(other, `delivery ${pull}`)
    expect(await wasSeen(other, `delivery ${pull}`)).toBe(true)
  })

  it('is carried out once, though its answer has to be told again', async () => {
    let times = 0
    const work = async () => `done ${++times}`
    expect(await answeredOnce(one, `comment ${pull}`, work)).toBe('done 1')
    expect(await answeredOnce(other, `comment ${pull}`, work)).toBe('done 1')
  })
})
