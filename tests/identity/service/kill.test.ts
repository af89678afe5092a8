import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMasterKey } from '../../../identity/directory/data-folder.ts'
import { verifyAll } from '../../../identity/directory/verify-all.ts'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import { openStore } from '../../../identity/store/open.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import { type Processes, processesOver } from './processes.ts'

const TENANT = 'acme-web'
const WRITERS = 6
const ENOUGH = 150

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

describe.each(['SQLite', 'PostgreSQL'])('a service on %s that is killed under load', (kind) => {
  let processes: Processes
  let store: string | undefined
  let headers: Readonly<Record<string, string>>
  let acknowledged: readonly string[]
  let url: string
  beforeAll(async () => {
    store = kind === 'SQLite' ? undefined : await postgres.database()
    processes = await processesOver(store)
    const first = await processes.start()
    headers = { 'x-api-key': await processes.adminKey(), 'content-type': 'application/json' }
    await write(first.url, '/v1/tenants', { tenant_id: TENANT })
    acknowledged = await writeUntilKilled(first.url, () => first.child.kill('SIGKILL'))
    url = (await processes.start()).url
  })
  afterAll(() => processes.close())

  async function write(base: string, path: string, body: object): Promise<boolean> {
    const answer = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}`)
    return true
  }

  /** Several writers make users as fast as they can; returns the ids of those that the service said to have. */
  async function writeUntilKilled(base: string, kill: () => void): Promise<readonly string[]> {
    const done: string[] = []
    const writer = async (name: number): Promise<void> => {
      for (let i = 0; ; i++) {
        const user_id = `w${name}-${i}`
        const user = { user_id, username: user_id, email: `${user_id}@example.com`, tenant_id: TENANT }
        const made = await write(base, `/v1/tenants/${TENANT}/users`, user).catch((error: Error) => {
          if (error instanceof TypeError) return false
          throw error
        })
        if (!made) return
        done.push(user_id)
        if (done.length === ENOUGH) kill()
      }
    }
    await Promise.all(Array.from({ length: WRITERS }, (_, name) => writer(name)))
    return done
  }

  it('has everything that it acknowledged when it starts again', async () => {
    expect(acknowledged.length).toBeGreaterThanOrEqual(ENOUGH)
    const found = await Promise.all(
      acknowledged.map(async (id) => (await fetch(`${url}/v1/tenants/${TENANT}/users/${id}`, { headers })).status),
    )
    expect(found.filter((status) => status !== 200)).toEqual([])
  })

  it('takes further writes, also of what it may have been about to write', async () => {
    await write(url, '/v1/tenants', { tenant_id: 'later' })
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('has a whole audit log, with a record of each change that it acknowledged', async () => {
    const data = join(processes.folder, store === undefined ? 'data' : 'replica-0')
    const now = () => new Date()
    const opened = await openStore(store ?? data, now)
    const deps = { store: opened, now, masterKey: await readMasterKey(data) }
    const problems: unknown[] = []
    for await (const { problem } of verifyAll(deps)) problems.push(problem)
    const { total } = await opened.find(AUDIT_RECORDS, TENANT, { limit: 1 })
    const { total: general } = await opened.find(AUDIT_RECORDS, GLOBAL, { limit: 1 })
    await opened.close()
    expect(problems).toEqual([undefined, undefined, undefined])
    expect(total + general).toBeGreaterThanOrEqual(acknowledged.length + 2)
  })
})
