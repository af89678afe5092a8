import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import { earlierSystem } from '../../../identity/platform/earlier-system.ts'
import { CLIENT, type LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from '../password/world.ts'
import { watchStore } from '../watch-store.ts'

/** A stand-in for an earlier system: people by name, with their passwords. */
interface Known extends Readonly<Record<string, unknown>> {
  readonly password?: string
  readonly password_hash?: string
}
const people = new Map<string, Known>()
const asked: Readonly<Record<string, string>>[] = []
let answers: number | undefined
const server = createServer(async (request, response) => {
  const body = JSON.parse(await text(request)) as Readonly<Record<string, string>>
  asked.push({ ...body, authorization: String(request.headers.authorization) })
  const { password: own, ...person } = people.get(body.username ?? '') ?? ({} as Known)
  const isRight = own !== undefined && (body.password === undefined || person.password_hash || body.password === own)
  response.statusCode = answers ?? (isRight ? 200 : 401)
  response.end(isRight ? JSON.stringify(person) : '')
})

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const address = `http://us:hunter2@127.0.0.1:${port}/people`
  ;({ world, login, close } = await openPasswordWorld({ earlierSystem: earlierSystem(address) }))
})
afterAll(async () => {
  await close()
  server.close()
})
beforeEach(() => {
  answers = undefined
  people.clear()
  asked.length = 0
  people.set('jane', JANE)
})

const JANE = {
  password: PASSWORD,
  email: 'jane@example.com',
  email_verified: true,
  person_id: '4711',
  given_name: 'Jane',
}
const IN = { status: 200, body: { need_verify: false } }
const ON = { migration_enabled: true }

async function place(features: object): Promise<string> {
  const { tenant, organization } = await world.tenant()
  await world.cim(organization, { features })
  return tenant
}
const userOf = async (tenant: string, name = 'jane') =>
  (await login.admin('GET', `/v1/tenants/${tenant}/usernames/${name}`)).body
const reset = (tenant: string, email = 'jane@example.com') =>
  login.send('POST', `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`, { username: 'jane', email })
const resetMail = (tenant: string) => login.mailTo(tenant, 'jane@example.com', 'reset your login secret')

describe('migration_enabled', () => {
  it('on: who signs in with the password of the earlier system is a user here, and is asked for there no more', async () => {
    const tenant = await place(ON)
    expect(await world.signIn(tenant)).toMatchObject(IN)
    expect(await userOf(tenant)).toMatchObject({ email: 'jane@example.com', is_verified: true, external_id: '4711' })
    expect(asked).toEqual([
      { tenant_id: tenant, username: 'jane', password: PASSWORD, authorization: expect.stringMatching(/^Basic /) },
    ])
    people.clear()
    expect(await world.signIn(tenant)).toMatchObject(IN)
    expect(asked).toHaveLength(1)
  })

  it('on: a system that gives the hash of the password has it checked here', async () => {
    const tenant = await place(ON)
    const password_hash = '$pbkdf2-sha1$i=5000$MDEyMzQ1Njc4OWFiY2RlZg$Vn68apvTt63Y4CNLNW2DHiX1y9A'
    people.set('jane', { ...JANE, password_hash })
    expect(await world.signIn(tenant, 'wrong')).toMatchObject(REFUSED)
    expect(await world.signIn(tenant)).toMatchObject(IN)
  })

  it('off: the earlier system is not asked', async () => {
    const tenant = await place({})
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
    expect(asked).toEqual([])
  })

  it('a wrong password, and a name that nobody has there, make nobody', async () => {
    const tenant = await place(ON)
    expect(await world.signIn(tenant, 'wrong')).toMatchObject(REFUSED)
    expect(await world.signIn(tenant, PASSWORD, { username: 'joe' })).toMatchObject(REFUSED)
    expect((await login.admin('GET', `/v1/tenants/${tenant}/users`)).body.total_count).toBe(0)
  })

  it('nobody gets into an account here by the same name there, with or without a password here', async () => {
    const tenant = await place(ON)
    await world.user(tenant, 'jane', 'another password')
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
    await login.admin('DELETE', `/v1/tenants/${tenant}/users/jane/password`)
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
    expect(asked.map(({ password }) => password)).not.toContain(PASSWORD)
  })

  it('somebody who has two names there moves once', async () => {
    const tenant = await place(ON)
    people.set('j.doe', JANE)
    expect(await world.signIn(tenant)).toMatchObject(IN)
    expect(await world.signIn(tenant, PASSWORD, { username: 'j.doe' })).toMatchObject(REFUSED)
    expect((await login.admin('GET', `/v1/tenants/${tenant}/users`)).body.total_count).toBe(1)
  })

  it('a system that does not answer makes nobody, and the audit log says so', async () => {
    const tenant = await place(ON)
    answers = 500
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
    const { items } = await login.deps.store.find(AUDIT_RECORDS, tenant, { limit: 100 })
    expect(items.map(({ event }) => event)).toContain('migration.unanswered')
    answers = undefined
    expect(await world.signIn(tenant)).toMatchObject(IN)
  })

  it('guesses at the earlier system count for the lockout here', async () => {
    const { tenant, organization } = await world.tenant({ block_config: { user_attempts_limit: 3 } })
    await world.cim(organization, { features: ON })
    for (let i = 0; i < 10; i++) await world.signIn(tenant, 'wrong')
    expect(asked.length).toBeLessThan(5)
  })
})

describe('unauthenticated_migration_enabled', () => {
  const both = { ...ON, unauthenticated_migration_enabled: true }

  it('on: a reset by the address that the earlier system has confirmed makes a user, who chooses a password', async () => {
    const tenant = await place(both)
    expect((await reset(tenant)).status).toBe(200)
    const code = await login.codeFor(tenant, 'jane@example.com', 'reset your login secret')
    const chosen = { username: 'jane', code, new_password: 'another correct horse' }
    expect((await login.send('POST', `/v1/password/text/reset?tenant_id=${tenant}`, chosen)).status).toBe(200)
    expect(await world.signIn(tenant, 'another correct horse')).toMatchObject(IN)
    expect(asked[0]).not.toHaveProperty('password')
  })

  it.each([
    ['another address', {}, 'mallory@example.com'],
    ['an address that is not confirmed there', { email_verified: false }, 'jane@example.com'],
  ])('on: %s makes nobody, with the same answer', async (_, more, email) => {
    const tenant = await place(both)
    people.set('jane', { ...JANE, ...more })
    expect((await reset(tenant, email)).status).toBe(200)
    expect((await login.admin('GET', `/v1/tenants/${tenant}/users`)).body.total_count).toBe(0)
  })

  it('on: a system that does not answer gets the same answer', async () => {
    const tenant = await place(both)
    answers = 500
    expect((await reset(tenant)).status).toBe(200)
  })

  it.each([
    ['off', ON],
    ['on without migration_enabled', { unauthenticated_migration_enabled: true }],
  ])('%s: nobody comes by a reset', async (_, features) => {
    const tenant = await place(features)
    expect((await reset(tenant)).status).toBe(200)
    expect(await resetMail(tenant)).toBeUndefined()
    expect(asked).toEqual([])
  })
})

describe('a name that somebody has here and one that nobody has make the same work', () => {
  const EVERYTHING = { ...ON, unauthenticated_migration_enabled: true }
  const HASH = '$pbkdf2-sha1$i=5000$MDEyMzQ1Njc4OWFiY2RlZg$Vn68apvTt63Y4CNLNW2DHiX1y9A'
  /** Who has an account here, in every state that an account can be in. */
  const HERE: Readonly<Record<string, (tenant: string) => Promise<unknown>>> = {
    moved: async (tenant) => world.signIn(tenant, PASSWORD, { username: 'moved' }),
    own: async (tenant) => world.user(tenant, 'own', 'a password of here'),
    'without-password': async (tenant) => {
      await world.user(tenant, 'without-password', 'a password of here')
      await login.admin('DELETE', `/v1/tenants/${tenant}/users/without-password/password`)
    },
    disabled: async (tenant) => {
      await world.user(tenant, 'disabled', 'a password of here')
      const path = `/v1/tenants/${tenant}/users/disabled`
      await login.admin('PUT', path, { ...(await login.admin('GET', path)).body, is_disabled: true })
    },
  }

  /** What a tenant with all of them does for a request: calls of the store, hashes, and questions to the earlier system. */
  async function workOf(request: (tenant: string) => Promise<unknown>): Promise<readonly string[]> {
    const { tenant, organization } = await world.tenant({ block_config: LENIENT })
    await world.cim(organization, { features: EVERYTHING })
    for (const name of [...Object.keys(HERE), 'nobody']) people.set(name, { ...JANE, person_id: name, ...answer })
    for (const settle of Object.values(HERE)) await settle(tenant)
    const [seen, first] = [[] as string[], asked.length]
    const ends = [watchStore(login.deps.store, seen), watchHashing(seen)]
    await request(tenant)
    for (const end of ends) end()
    return [...seen, ...asked.slice(first).map((question) => `ask ${Object.keys(question).sort()}`)]
  }
  let answer: object = {}

  it.each(
    Object.keys(HERE).flatMap(
      (name) =>
        [
          ['by itself', name, {}],
          ['by its hash', name, { password_hash: HASH }],
        ] as const,
    ),
  )('where the earlier system checks a password %s: %s', async (_, username, more) => {
    answer = more
    const sign = (who: string) => (tenant: string) => world.signIn(tenant, 'a wrong password', { username: who })
    const work = await workOf(sign(username))
    expect(work).toEqual(await workOf(sign('nobody')))
    expect(work).toContain('ask authorization,password,tenant_id,username')
  })

  it.each(Object.keys(HERE))('by a reset with an address that is not theirs: %s', async (username) => {
    answer = {}
    const ask = (who: string) => (tenant: string) =>
      login.send('POST', `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`, {
        username: who,
        email: 'mallory@example.com',
      })
    const work = await workOf(ask(username))
    expect(work).toEqual(await workOf(ask('nobody')))
    expect(work).toContain('ask authorization,tenant_id,username')
  })

  it('what is entered for an account here is not sent there, and the password of there opens nothing', async () => {
    const tenant = await place(EVERYTHING)
    await world.signIn(tenant)
    await login.admin('PUT', `/v1/tenants/${tenant}/users/${(await userOf(tenant)).user_id}/password`, {
      password: 'a password of here',
    })
    asked.length = 0
    for (const entered of [PASSWORD, 'a passwort of here', 'a wrong password'])
      expect(await world.signIn(tenant, entered)).toMatchObject(REFUSED)
    expect(asked).toHaveLength(3)
    for (const { password } of asked)
      expect([PASSWORD, 'a passwort of here', 'a wrong password']).not.toContain(password)
  })
})

const LENIENT = { user_attempts_limit: 100, ip_attempts_limit: 1000 }

/** Notes every computation of a hash until the returned function ends it. */
function watchHashing(seen: string[]): () => void {
  const { passwordHashing } = login.deps
  const verbs = ['hash', 'matches', 'matchesForeign'] as const
  const originals = verbs.map((verb) => [verb, passwordHashing[verb]] as const)
  for (const [verb, original] of originals)
    Object.assign(passwordHashing, {
      [verb]: (...args: unknown[]) => {
        seen.push(`hashing ${verb}`)
        return (original as (...all: unknown[]) => unknown).apply(passwordHashing, args)
      },
    })
  return () => {
    for (const [verb, original] of originals) Object.assign(passwordHashing, { [verb]: original })
  }
}

describe('person_identifier_in_external_profile_required_for_migration', () => {
  const { person_id: _, ...nameless } = JANE

  it.each([
    ['on', { ...ON, person_identifier_in_external_profile_required_for_migration: true }, 401],
    ['off', ON, 200],
  ])('%s: somebody without an identifier there is answered as expected', async (_name, features, status) => {
    people.set('jane', nameless)
    expect((await world.signIn(await place(features))).status).toBe(status)
  })

  it('on: somebody with one moves', async () => {
    const features = { ...ON, person_identifier_in_external_profile_required_for_migration: true }
    expect((await world.signIn(await place(features))).status).toBe(200)
  })
})

it('the address of an earlier system is one by HTTPS, and is not shown', () => {
  expect(() => earlierSystem('http://us:hunter2@old.example.com/')).toThrow('PLUMBLINE_MIGRATION_URL has to look like')
  expect(() => earlierSystem('http://us:hunter2@old.example.com/')).not.toThrow('hunter2')
})
