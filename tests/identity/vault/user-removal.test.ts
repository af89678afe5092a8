import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEYS, mintKey, newKeyId } from '../../../identity/directory/api-keys.ts'
import { putHash } from '../../../identity/directory/passwords.ts'
import { JOB_WORK } from '../../../identity/job-worker.ts'
import { runDue } from '../../../identity/platform/jobs/jobs.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { type CreationOptions, SoftwareAuthenticator } from '../../../signin/authenticator.ts'
import { OFFLINE, openApplication, tokensOf } from '../oidc/application.ts'
import { signUp } from '../oidc/sign-up.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'

const JANE = { username: 'jane', steps: { pin: 6 }, secret: { pin: '204861' } } as const

let world: OidcWorld
let ahead = 0
beforeAll(async () => {
  world = await openOidcWorld({ host: 'localhost', now: () => new Date(Date.now() + ahead) })
})
afterAll(() => world.close())

/** A tenant in which jane has everything that a user can have. */
async function place() {
  const { deps } = world.service
  const tenant = await world.tenant({ register_enable: true, passkey_enabled: true, use_pin: true, use_pattern: false })
  const app = await openApplication(world, { register_enable: true }, tenant)
  const userId = await signUp(world, app, JANE)
  const login = { userId, methods: ['pin'], complete: true } as const
  const { access_token, refresh_token } = await tokensOf(world, app, 'openid offline_access', { ...OFFLINE, login })
  await addPasskey({ authorization: `Bearer ${access_token}` })
  await addKey(tenant, userId)
  const created_at = (await world.admin<{ created_at: string }>('GET', `/v1/tenants/${tenant}/users/${userId}`))
    .created_at
  await putHash(deps, { tenant_id: tenant, user_id: userId, created_at }, 'hash of a password')
  const group = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Staff',
    members: [{ value: userId }],
  }
  await world.admin('POST', `/scim/v2/${tenant}/Groups`, group)
  return { tenant, app, userId, access_token, refresh_token: String(refresh_token) }
}

async function addPasskey(headers: Record<string, string>): Promise<void> {
  const options = await fetch(`${world.url}/v1/webauthn/registration/options`, { method: 'POST', headers })
  const body = JSON.stringify(new SoftwareAuthenticator(world.url).create((await options.json()) as CreationOptions))
  const json = { ...headers, 'content-type': 'application/json' }
  await fetch(`${world.url}/v1/webauthn/registration/verify`, { method: 'POST', headers: json, body })
}

async function addKey(tenant_id: string, user_id: string): Promise<void> {
  const { deps } = world.service
  const key_id = newKeyId()
  const at = { at: deps.now().toISOString(), ip: null, country: null, user_agent: null, user_agent_parsed: null }
  const key = {
    key_id,
    tenant_id,
    user_id,
    name: 'own',
    scopes: [],
    is_active: true,
    created_at: at,
    last_use_at: null,
  }
  await deps.store.create(API_KEYS, GLOBAL, { ...key, secret_hash: mintKey(key_id).hash })
}

/** Collections in which a document of the store names the user. */
function placesThatName(userId: string): readonly string[] {
  const files = new DatabaseSync(join(world.folder, 'plumbline.db'), { readOnly: true })
  try {
    const sql = 'SELECT DISTINCT collection FROM documents WHERE instr(body, ?) > 0 ORDER BY collection'
    return files
      .prepare(sql)
      .all(userId)
      .map((row) => String(row.collection))
  } finally {
    files.close()
  }
}

const BELONGINGS = ['apiKeys', 'groups', 'loginCodes', 'loginSecrets', 'loginSessions', 'oidcAccessToken', 'oidcGrant']
const WAYS: Readonly<Record<string, (tenant: string, userId: string) => Promise<unknown>>> = {
  batchDeleteUsers: (tenant, userId) =>
    world.admin('POST', `/v1/tenants/${tenant}/users/batch/delete`, { users_ids: [userId] }),
  'DELETE of SCIM': (tenant, userId) => world.admin('DELETE', `/scim/v2/${tenant}/Users/${userId}`),
}

describe('a user that is deleted', () => {
  it('had something in many places', async () => {
    const { userId } = await place()
    const more = ['oidcRefreshToken', 'oidcSession', 'passkeys', 'textPasswords', 'users']
    expect(placesThatName(userId)).toEqual(expect.arrayContaining([...BELONGINGS, ...more]))
  })

  it.each(Object.entries(WAYS))(
    'by %s leaves nothing but its audit log, once the news of it are old',
    async (_name, remove) => {
      const { tenant, userId } = await place()
      await remove(tenant, userId)
      // The change feed tells of the removal for half a minute.
      expect(placesThatName(userId).filter((name) => name !== 'changes')).toEqual(['auditRecords'])
    },
  )

  it('leaves the others of the tenant alone', async () => {
    const { tenant, app, userId } = await place()
    const ada = await tokensOf(world, app)
    await world.admin('DELETE', `/scim/v2/${tenant}/Users/${userId}`)
    const headers = { authorization: `Bearer ${ada.access_token}` }
    expect((await fetch(`${world.url}/v1/userinfo`, { headers })).status).toBe(200)
  })
})

describe('a user that is disabled', () => {
  it('is signed out for good, also after it is enabled again', async () => {
    const { tenant, userId } = await place()
    const path = `/v1/tenants/${tenant}/users/${userId}`
    const user = await world.admin<object>('GET', path)
    await world.admin('PUT', path, { ...user, is_disabled: true })
    await world.admin('PUT', path, { ...user, is_disabled: false })
    expect(placesThatName(userId).filter((name) => name.startsWith('oidc'))).toEqual([])
  })
})

/** Kills the process that removes a user as it comes to a collection. */
async function removeUntil(tenant: string, userId: string, collection: string): Promise<void> {
  const program = join(import.meta.dirname, 'removal-until.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', program, world.folder, tenant, userId, collection])
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
}

describe('a removal that kill -9 cut off', () => {
  it.each(['apiKeys', 'oidcSession', 'jobs'])(
    'before it deleted from %s is finished by the next worker',
    async (collection) => {
      const { tenant, userId } = await place()
      await removeUntil(tenant, userId, collection)
      ahead += 60_000
      expect(await runDue(world.service.deps, JOB_WORK)).toEqual([])
      // A code that ran out meanwhile is the sweeper's.
      await world.service.deps.store.sweep()
      expect(placesThatName(userId).filter((name) => name !== 'auditRecords')).toEqual([])
    },
    60_000,
  )

  it('takes nothing from a later user of the same id', async () => {
    const { tenant, userId } = await place()
    await removeUntil(tenant, userId, 'jobs')
    const later = { user_id: userId, username: 'june', email: 'june@example.com', tenant_id: tenant }
    await world.admin('POST', `/v1/tenants/${tenant}/users`, later)
    ahead += 60_000
    await runDue(world.service.deps, JOB_WORK)
    await expect(world.admin('GET', `/v1/tenants/${tenant}/users/${userId}`)).resolves.toMatchObject({
      username: 'june',
    })
  })
})
