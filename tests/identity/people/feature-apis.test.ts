import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../../identity/platform/audit/log.ts'
import { openApplication, tokensOf } from '../oidc/application.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { ACCESS } from '../settings/runtime.ts'

let world: OidcWorld
let ahead = 0
beforeAll(async () => {
  world = await openOidcWorld({ now: () => new Date(Date.now() + ahead) })
})
afterAll(() => world.close())

let places = 0
/** A tenant with ada in it, of an organization with these features; somebody has signed in as ada. */
async function place(features: object): Promise<string> {
  const tenant = await world.tenant()
  const organization_id = `organization-${++places}`
  await world.admin('POST', '/v1/organizations', { organization_id, access: ACCESS })
  await world.admin('PUT', `/v1/organizations/${organization_id}/tenants/${tenant}`)
  const authorization = `Basic ${Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')}`
  await fetch(`${world.url}/orgs/${organization_id}/cim/api/v2/config`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ features }),
  })
  const app = await openApplication(world, {}, tenant)
  await tokensOf(world, app)
  return tenant
}

async function read(tenant: string, path: string, key = String(world.service.createdAdminKey)) {
  const answer = await fetch(`${world.url}/v1/tenants/${tenant}/${path}`, { headers: { 'x-api-key': key } })
  return { status: answer.status, body: await answer.json() }
}

/** The switch, its operation, and what it answers. */
const APIS = [
  ['events_api_enabled', 'events', { events: expect.arrayContaining([expect.objectContaining({ sequence: 1 })]) }],
  ['statistics_api_enabled', 'statistics', { counts: expect.any(Array) }],
  ['session_api_enabled', 'users/ada/sessions', { total: 1, sessions: [{ user_id: 'ada' }] }],
  ['credentials_api_enabled', 'users/ada/credentials', { credentials: [] }],
] as const

describe.each(APIS)('%s', (name, path, body) => {
  it('on: answers', async () => {
    expect(await read(await place({ [name]: true }), path)).toMatchObject({ status: 200, body })
  })

  it('off, or of a tenant without an organization: does not', async () => {
    expect(await read(await place({ [name]: false }), path)).toMatchObject({ status: 403 })
    expect(await read(await world.tenant(), path)).toMatchObject({ status: 403 })
  })

  it('on: not to a key of another tenant', async () => {
    const tenant = await place({ [name]: true })
    const other = await world.tenant()
    const scopes = ['tenants:read', 'users:read']
    const { api_key } = await world.admin<{ api_key: string }>('POST', '/v1/api-keys', {
      name: 'other',
      scopes,
      tenant_id: other,
    })
    expect((await read(tenant, path, api_key)).status).toBe(403)
  })
})

it('events come page by page, each once', async () => {
  const tenant = await place({ events_api_enabled: true })
  const seen: number[] = []
  for (let after = 0; ; ) {
    const { body } = await read(tenant, `events?after=${after}&limit=2`)
    seen.push(...body.events.map(({ sequence }: { sequence: number }) => sequence))
    if (body.next === after) break
    after = body.next
  }
  const { records } = await verifyAudit(world.service.deps, tenant)
  expect(seen).toEqual(Array.from({ length: records }, (_, i) => i + 1))
})

it('statistics count by day, event and method', async () => {
  const tenant = await place({ statistics_api_enabled: true })
  const { auditLog } = world.service.deps
  const note = (method: string) =>
    auditLog.append(tenant, { event: 'login.accepted', actor: 'user:ada', subject: { method } })
  for (const method of ['password', 'password', 'passkey']) await note(method)
  ahead += 3 * 86_400_000
  await note('password')
  const counts = async (days: number) =>
    (await read(tenant, `statistics?days=${days}`)).body.counts.map(
      ({ method, count }: { method: string; count: number }) => `${method} ${count}`,
    )
  expect((await counts(7)).toSorted()).toEqual(['passkey 1', 'password 1', 'password 2'])
  expect(await counts(2)).toEqual(['password 1'])
})

it('credentials say what is there and since when, and no secret', async () => {
  const tenant = await place({ credentials_api_enabled: true })
  await world.admin('PUT', `/v1/tenants/${tenant}/users/ada/password`, { password: 'correct horse battery' })
  const { body } = await read(tenant, 'users/ada/credentials')
  expect(body).toEqual({ credentials: [{ method: 'password', since: expect.stringMatching(/^\d{4}-/) }] })
})
