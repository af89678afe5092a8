import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openService } from '../../../identity/service.ts'
import { Project } from '../../cli/project.ts'
import { documents } from './documents.ts'
import { KillingProxy, type KillPoint } from './killing-proxy.ts'

/** Writes of a whole apply of the documents; the first test proves that there are no more. */
const WRITES = 20
const POINTS = Array.from({ length: WRITES }, (_, i) => i + 1).flatMap((write): readonly KillPoint[] => [
  { write, when: 'before' },
  { write, when: 'after' },
])
const LOST_FOR_GOOD = 'a create was begun earlier and its answer never arrived'
const CREATE_ONCE = /^POST \/orgs\/acme\/pigello\//
const PATIENCE_MS = 180_000

type Listing = Readonly<Record<string, readonly unknown[]>>

/** A served runtime of its own, a proxy before it, and a project that reaches it through the proxy. */
async function world() {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-crash-'))
  const service = await openService({ store: folder, dataFolder: folder })
  const direct = await service.listen({ host: '127.0.0.1', port: 0 })
  const proxy = new KillingProxy(direct)
  onTestFinished(async () => {
    proxy.close()
    await service.close()
    await rm(folder, { recursive: true, force: true })
  })
  const url = await proxy.listen()
  const key = service.createdAdminKey ?? ''
  const env = { ADMIN_KEY: key, ONE: 'first-value', TWO: 'second-value' }
  const project = await Project.create(documents(url))
  const get = async (path: string): Promise<Listing> =>
    (await (await fetch(`${direct}${path}`, { headers: { 'x-api-key': key } })).json()) as Listing
  return {
    proxy,
    run: (...args: readonly string[]) => project.runWith(env, ...args),
    start: (...args: readonly string[]) => project.start(env, ...args),
    /** The document takes over the object of this id from now on. */
    adopt: (pigelloId: string) => project.documents(documents(url, pigelloId)),
    /** How many objects there are of the kinds that could have been made twice. */
    count: async () => ({
      organizations: (await get('/v1/organizations')).organizations?.length,
      tenants: (await get('/v1/tenants')).tenants?.length,
      keys: (await get('/v1/api-keys?tenant_id=web')).api_keys?.length,
      users: (await get('/v1/tenants/web/users')).data?.length,
    }),
  }
}
type World = Awaited<ReturnType<typeof world>>

/** Applies, and is killed with SIGKILL at that point. */
async function applyUntil({ proxy, start }: World, point: KillPoint): Promise<void> {
  const child = start('apply', '--yes')
  const ended = new Promise((done) => child.once('close', (_code, signal) => done(signal)))
  child.stdout.resume()
  child.stderr.resume()
  proxy.arm(point, () => child.kill('SIGKILL'))
  expect(await ended).toBe('SIGKILL')
}

/**
 * The next run stops at a create that was begun, must not be repeated and cannot be found again, and says what to do.
 * Then a person who has looked in the system says what happened.
 */
async function settle({ run, adopt, proxy }: World): Promise<void> {
  const { code, stdout } = await run('apply', '--yes')
  expect(code).toBe(1)
  expect(stdout).toContain('run `plumbline apply --not-created SecurityConfiguration/security`')
  const answer = [...proxy.answers].find(([write]) => CREATE_ONCE.test(write))?.[1]
  if (answer !== undefined) await adopt(JSON.parse(answer).id)
  else expect((await run('apply', '--not-created', 'SecurityConfiguration/security')).code).toBe(0)
}

describe('a run killed with kill -9', () => {
  it(`can be killed at ${WRITES} writes`, async () => {
    const { proxy, run } = await world()
    expect((await run('apply', '--yes')).code).toBe(0)
    expect(proxy.writes).toHaveLength(WRITES)
  })

  it.each(POINTS)(
    'at write $write, $when the system did it, converges at the next run without duplicates',
    async (point) => {
      const place = await world()
      await applyUntil(place, point)
      const lost = (await place.run('plan')).stdout.includes(LOST_FOR_GOOD)
      if (CREATE_ONCE.test(place.proxy.killedAt)) expect(lost).toBe(true)
      if (lost) await settle(place)
      const { code, stdout } = await place.run('apply', '--yes')
      expect({ code, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stdout: '' })
      expect(await place.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 9 unchanged.\n' })
      expect(await place.count()).toEqual({ organizations: 1, tenants: 1, keys: 1, users: 1 })
    },
    PATIENCE_MS,
  )
})
