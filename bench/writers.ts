import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { startPostgres } from '../tests/support/postgres.ts'
import { type Numbers, report, timed } from './measure.ts'
import { type Runtime, startRuntime } from './runtime/service.ts'

const WRITERS = 50
/** In turns, so that a machine whose speed changes is the same for both. */
const ROUNDS = 7
const TENANT = 'directory'
const BASE = `/scim/v2/${TENANT}`
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

interface Replica {
  readonly runtime: Runtime
  readonly pool: Pool
}

/** Adds a member to a group; requests go to the replicas in turn. */
type Add = (group: string, member: string, n: number) => Promise<void>

const WAYS: Readonly<Record<string, (group: string, members: readonly string[], add: Add) => Promise<unknown>>> = {
  Row: async (group, members, add) => {
    for (const [n, member] of members.entries()) await add(group, member, n)
  },
  Parallel: (group, members, add) => Promise.all(members.map((member, n) => add(group, member, n))),
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

/** Fifty writes of one group one after the other, and fifty at once: medians, and their ratio. Throws when a write fails or is lost. */
async function writersNumbers(name: string, replicas: readonly Replica[]): Promise<Numbers> {
  const { runtime } = replicas[0] as Replica
  const members = await filled(runtime)
  const add: Add = async (group, member, n) => {
    const replica = replicas[n % replicas.length] as Replica
    await replica.runtime.admin('PATCH', `${BASE}/Groups/${group}`, added(member), replica.pool)
  }
  const times: Record<string, number[]> = { Row: [], Parallel: [] }
  // The first round warms the code.
  for (let round = 0; round <= ROUNDS; round++)
    for (const [way, work] of Object.entries(WAYS)) {
      const seconds = await measured(runtime, (group) => work(group, members, add))
      if (round > 0) times[way]?.push(seconds)
    }
  const [row, parallel] = [median(times.Row ?? []), median(times.Parallel ?? [])]
  return { [`${name}RowSeconds`]: row, [`${name}ParallelSeconds`]: parallel, [`${name}Ratio`]: parallel / row }
}

async function filled(runtime: Runtime): Promise<readonly string[]> {
  await runtime.admin('POST', '/v1/tenants', { tenant_id: TENANT })
  const users = Array.from({ length: WRITERS }, (_, n) =>
    runtime.admin<{ id: string }>('POST', `${BASE}/Users`, { userName: `user-${n}` }),
  )
  return (await Promise.all(users)).map(({ id }) => id)
}

const added = (value: string) => ({
  schemas: [PATCH],
  Operations: [{ op: 'add', path: 'members', value: [{ value }] }],
})

let groups = 0
async function measured(runtime: Runtime, work: (group: string) => Promise<unknown>): Promise<number> {
  const { id } = await runtime.admin<{ id: string }>('POST', `${BASE}/Groups`, { displayName: `Group ${++groups}` })
  const { seconds } = await timed(() => work(id))
  const { members } = await runtime.admin<{ members: unknown[] }>('GET', `${BASE}/Groups/${id}`)
  if (members.length !== WRITERS) throw new Error(`${members.length} of ${WRITERS} writes are there`)
  return seconds
}

/** So many processes over one store: a folder of its own, or the database of a URL. */
async function onStore(name: string, store: string | undefined, processes: number): Promise<Numbers> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
  const replicas: Replica[] = []
  try {
    for (let n = 0; n < processes; n++) {
      const runtime = await startRuntime(folder, store)
      replicas.push({ runtime, pool: new Pool(runtime.url, { connections: WRITERS }) })
    }
    return await writersNumbers(name, replicas)
  } finally {
    for (const { runtime, pool } of replicas) await Promise.all([pool.destroy(), runtime.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

const postgres = await startPostgres()
try {
  const one = {
    ...(await onStore('sqlite', undefined, 1)),
    ...(await onStore('postgres', await postgres.database(), 1)),
  }
  report({ ...one, ...(await onStore('replicas', await postgres.database(), 2)) })
} finally {
  await postgres.stop()
}
