import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireLogin, requireRecentLogin } from '../../../identity/access/access-token.ts'
import { TENANTS, type Tenant } from '../../../identity/directory/tenants.ts'
import { endSession, endSessionsOf } from '../../../identity/oidc/artifacts.ts'
import { GLOBAL, type Store } from '../../../identity/store/store.ts'
import { openApplication, tokensOf } from './application.ts'
import { Browser } from './browser.ts'
import { type OidcWorld, openOidcWorld } from './world.ts'

let world: OidcWorld
let ahead = 0
beforeAll(async () => {
  world = await openOidcWorld({ now: () => new Date(Date.now() + ahead) })
})
afterAll(() => world.close())

const jwks = async (tenant: string) => (await world.service.app.inject({ url: `/${tenant}/oidc/jwks` })).statusCode

describe('more tenants than providers that are kept', () => {
  it('are all served', async () => {
    const { store } = world.service.deps
    const model = await store.get(TENANTS, GLOBAL, await world.tenant())
    const ids = Array.from({ length: 600 }, (_, i) => `many-${i}`)
    for (const tenant_id of ids) await store.create(TENANTS, GLOBAL, { ...(model as Tenant), tenant_id })
    const statuses = new Set<number>()
    for (const id of ids) statuses.add(await jwks(id))
    expect([...statuses]).toEqual([200])
    // One more while the last answer is on its way out.
    expect(world.service.deps.providers.size).toBeLessThanOrEqual(501)
  })
})

describe('a tenant that does not exist', () => {
  it('costs one look at the store, not one for each request', async () => {
    const looks = await countLooks(() => Promise.all([jwks('nobody')]).then(() => jwks('nobody')))
    expect(looks).toBe(1)
  })

  it('is found at once when it is made here', async () => {
    expect(await jwks('soon')).toBe(404)
    await world.admin('POST', '/v1/tenants', { tenant_id: 'soon' })
    expect(await jwks('soon')).toBe(200)
  })

  it('is found when another replica made it a while later', async () => {
    expect(await jwks('late')).toBe(404)
    const model = await world.service.deps.store.get(TENANTS, GLOBAL, await world.tenant())
    await world.service.deps.store.create(TENANTS, GLOBAL, { ...(model as Tenant), tenant_id: 'late' })
    ahead += 11_000
    expect(await jwks('late')).toBe(200)
  })

  it.each(['%2F', '..', 'x'.repeat(200), '%5Cevil'])('with the name %s is refused without a fault', async (name) => {
    expect(await jwks(name)).toBe(404)
  })
})

/** How often the collection of tenants is read while `work` runs. */
async function countLooks(work: () => Promise<unknown>): Promise<number> {
  const { store } = world.service.deps as { store: Store }
  const get = store.get
  let looks = 0
  store.get = function (this: Store, collection, ...rest) {
    if (collection.name === TENANTS.name) looks++
    return get.call(this, collection as never, ...rest) as never
  } as Store['get']
  await work()
  store.get = get
  return looks
}

describe('a signed-in request', () => {
  const requestWith = (token: string) =>
    ({ headers: { authorization: `Bearer ${token}` } }) as Parameters<typeof requireLogin>[1]

  it('tells who signed in, where and when', async () => {
    const app = await openApplication(world)
    const { access_token } = await tokensOf(world, app)
    const login = await requireRecentLogin(world.service.deps, requestWith(access_token))
    expect(login).toMatchObject({
      tenant: app.tenant,
      userId: 'ada',
      clientId: 'web',
      sessionId: expect.stringMatching(/.{20}/),
    })
  })

  it('is not recent five minutes after the login', async () => {
    const { access_token } = await tokensOf(world, await openApplication(world))
    ahead += 301_000
    await expect(requireRecentLogin(world.service.deps, requestWith(access_token))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
    await expect(requireLogin(world.service.deps, requestWith(access_token))).resolves.toMatchObject({ userId: 'ada' })
  })

  it('is none any more when the session was ended', async () => {
    const app = await openApplication(world)
    const { access_token } = await tokensOf(world, app)
    const { sessionId } = await requireLogin(world.service.deps, requestWith(access_token))
    expect(await endSession(world.service.deps, app.tenant, sessionId)).toBe(true)
    await expect(requireLogin(world.service.deps, requestWith(access_token))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })

  it('is none any more when all sessions of the user were ended', async () => {
    const app = await openApplication(world)
    const tokens = [await tokensOf(world, app, 'openid', { browser: new Browser() }), await tokensOf(world, app)]
    await endSessionsOf(world.service.deps, app.tenant, 'ada')
    const asked = tokens.map((t) => requireLogin(world.service.deps, requestWith(t.access_token)))
    expect((await Promise.allSettled(asked)).map((a) => a.status)).toEqual(['rejected', 'rejected'])
  })

  it.each(['', 'nobody~token', '~', 'a.b.c', 'x'.repeat(5000)])('with the token %j is refused', async (token) => {
    await expect(requireLogin(world.service.deps, requestWith(token))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })
})
