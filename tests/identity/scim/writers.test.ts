import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HTTPMethods } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCIM_GROUPS } from '../../../identity/directory/scim/groups.ts'
import { openService, type Service } from '../../../identity/service.ts'
import type { Store } from '../../../identity/store/store.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'

const WRITERS = 50
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const TENANT = 'acme'
const base = `/scim/v2/${TENANT}`

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.stop())

describe.each(['SQLite', 'PostgreSQL'] as const)('many writers of one resource on %s', (kind) => {
  let folder: string
  /** Two over one store, as replicas are: neither knows of the turns that writers take in the other. */
  const services: Service[] = []
  const ids: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-writers-'))
    const store = kind === 'SQLite' ? folder : await postgres.database()
    for (const _ of [1, 2]) services.push(await openService({ store, dataFolder: folder }))
    await send(0, 'POST', '/v1/tenants', { tenant_id: TENANT })
    for (let n = 0; n < WRITERS; n++)
      ids.push((await send(n, 'POST', `${base}/Users`, { userName: `user-${n}@example.com` })).json().id)
  })
  afterAll(async () => {
    for (const service of services) await service.close()
    await rm(folder, { recursive: true })
  })

  /** The n-th request goes to one of the two. */
  const send = (n: number, method: HTTPMethods, url: string, body?: object) =>
    (services[n % 2] as Service).app.inject({
      method: method as 'GET',
      url,
      headers: { 'x-api-key': String(services[0]?.createdAdminKey) },
      ...(body && { payload: body }),
    })

  it('all succeed, and nothing is lost', async () => {
    const { id } = (await send(0, 'POST', `${base}/Groups`, { displayName: 'Everybody' })).json()
    const add = (value: string, n: number) => {
      const Operations = [{ op: 'add', path: 'members', value: [{ value }] }]
      return send(n, 'PATCH', `${base}/Groups/${id}`, { schemas: [PATCH], Operations })
    }
    const answers = await Promise.all(ids.map(add))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(ids.map(() => 200))
    const { members } = (await send(0, 'GET', `${base}/Groups/${id}`)).json()
    expect(members.map((m: { value: string }) => m.value).toSorted()).toEqual(ids.toSorted())
  })

  it('cost the store no more than as many in a row', async () => {
    const service = services[0] as Service
    const workOf = async (displayName: string, work: (write: (n: number) => Promise<unknown>) => Promise<unknown>) => {
      const { id } = (await send(0, 'POST', `${base}/Groups`, { displayName })).json()
      const write = (n: number) => {
        const Operations = [{ op: 'add', path: 'members', value: [{ value: ids[n] }] }]
        return send(0, 'PATCH', `${base}/Groups/${id}`, { schemas: [PATCH], Operations })
      }
      const counted = countCalls(service.deps.store)
      await work(write)
      return counted()
    }
    const row = await workOf('In a row', async (write) => {
      for (let n = 0; n < WRITERS; n++) await write(n)
    })
    const parallel = await workOf('At once', (write) => Promise.all(ids.map((_, n) => write(n))))
    expect(parallel).toEqual(row)
    expect(row).toEqual({ get: WRITERS, update: WRITERS })
  })

  it('of a user, through the contract of the Secrets Vault, succeed, too', async () => {
    const user = { user_id: ids[0], username: 'user-0@example.com', email: 'user-0@example.com', tenant_id: TENANT }
    const put = (n: number) => send(n, 'PUT', `/v1/tenants/${TENANT}/users/${ids[0]}`, { ...user, locale: `x-${n}` })
    const answers = await Promise.all(ids.map((_, n) => put(n)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(ids.map(() => 200))
    expect((await send(0, 'GET', `${base}/Users/${ids[0]}`)).json().meta.version).toBe(`W/"${WRITERS + 1}"`)
  })
})

/** Counts calls of the store that are about groups, by verb, until the returned function ends it. */
function countCalls(store: Store): () => Readonly<Record<string, number>> {
  const verbs = ['get', 'find', 'update'] as const
  const counts: Record<string, number> = {}
  const originals = verbs.map((verb) => [verb, store[verb]] as const)
  for (const [verb, original] of originals)
    Object.assign(store, {
      [verb]: (...args: [{ readonly name: string }, ...unknown[]]) => {
        if (args[0].name === SCIM_GROUPS.name) counts[verb] = (counts[verb] ?? 0) + 1
        return (original as (...all: unknown[]) => unknown).apply(store, args)
      },
    })
  return () => {
    for (const [verb, original] of originals) Object.assign(store, { [verb]: original })
    return counts
  }
}
