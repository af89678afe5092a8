import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { serviceSettings } from '../../../identity/environment.ts'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import type { EarlierSystem } from '../../../identity/platform/earlier-system.ts'
import { LACKS_SLAPD, ldif, openSlapd, person, type Slapd, WHY_NO_SLAPD } from '../../support/slapd.ts'
import { CLIENT, type LoginWorld } from '../login/world.ts'
import { openPasswordWorld, type PasswordWorld, REFUSED } from '../password/world.ts'

const known = (uid: string, more = '') => person(uid, `givenName: Ada\npreferredLanguage: fr\n${more}`)
const LDIF = ldif(
  ['people'],
  [
    known('ada', 'mail: ada@acme.example\n'),
    known('mailless'),
    known('twin', 'mail: same@acme.example\n'),
    known('twin2', 'mail: same@acme.example\n'),
  ],
  { name: 'reader', password: 'reader secret' },
)
const IN = { status: 200, body: { need_verify: false } }

const addressOf = (url: string, password = 'reader secret', more = ''): string => {
  const reader = `${encodeURIComponent('cn=reader,dc=acme,dc=example')}:${encodeURIComponent(password)}`
  return `${url.replace('ldap://', `ldap://${reader}@`)}/${encodeURIComponent('ou=people,dc=acme,dc=example')}${more}`
}

/** As the environment of a service names it. */
const earlier = (address: string): EarlierSystem => {
  const { earlierSystem } = serviceSettings({ PLUMBLINE_MIGRATION_URL: address })
  if (earlierSystem === undefined) throw new Error('no earlier system')
  return earlierSystem
}

describe.skipIf(LACKS_SLAPD)(`moving from a directory${WHY_NO_SLAPD}`, () => {
  let slapd: Slapd
  let world: PasswordWorld
  let login: LoginWorld
  let close: () => Promise<void>
  let system: EarlierSystem
  beforeAll(async () => {
    slapd = await openSlapd(LDIF)
    system = earlier(addressOf(slapd.url))
    const earlierSystem: EarlierSystem = { find: (...asked) => system.find(...asked) }
    ;({ world, login, close } = await openPasswordWorld({ earlierSystem }))
  })
  afterAll(async () => {
    await close?.()
    await slapd?.close()
  })

  async function place(more: object = {}): Promise<string> {
    const { tenant, organization } = await world.tenant({ block_config: { user_attempts_limit: 100 } })
    await world.cim(organization, { features: { migration_enabled: true, ...more } })
    return tenant
  }
  const signIn = (tenant: string, username = 'ada', password = 'secret of ada') =>
    world.signIn(tenant, password, { username })
  const people = async (tenant: string) => (await login.deps.store.find(USERS, tenant, { limit: 10 })).items
  const reset = (tenant: string) =>
    login.send('POST', `/v1/password/reset-request?client_id=${CLIENT}&tenant_id=${tenant}`, {
      username: 'ada',
      email: 'ada@acme.example',
    })

  it('who signs in with the password of the directory is a user here, with what it says about the person', async () => {
    const tenant = await place()
    expect(await signIn(tenant)).toMatchObject(IN)
    expect(await people(tenant)).toMatchObject([
      { username: 'ada', email: 'ada@acme.example', is_verified: false, locale: 'fr', external_id: expect.any(String) },
    ])
    system = earlier('ldap://127.0.0.1:1/dc=acme')
    expect(await signIn(tenant)).toMatchObject(IN)
    system = earlier(addressOf(slapd.url))
  })

  it('who has another name there as well moves once', async () => {
    const tenant = await place()
    expect(await signIn(tenant)).toMatchObject(IN)
    expect(await signIn(tenant, 'ada@acme.example')).toMatchObject(REFUSED)
    expect(await people(tenant)).toHaveLength(1)
  })

  it.each([
    ['a wrong password', 'ada', 'wrong'],
    ['a name that nobody has', 'nobody', 'secret of ada'],
    ['a name that two have', 'same@acme.example', 'secret of twin'],
    ['somebody without an address', 'mailless', 'secret of mailless'],
    ['a filter in the name', '*)(uid=ada', 'secret of ada'],
    ['a star for the name', '*', 'secret of ada'],
  ])('%s makes nobody', async (_, username, password) => {
    const tenant = await place()
    expect(await signIn(tenant, username, password)).toMatchObject(REFUSED)
    expect(await people(tenant)).toEqual([])
  })

  it.each([
    ['that it has confirmed, where the operator says so', '?email_verified=true', 1],
    ['that nobody has confirmed makes nobody', '', 0],
  ])('by an address %s', async (_, query, found) => {
    system = earlier(addressOf(slapd.url, 'reader secret', query))
    const tenant = await place({ unauthenticated_migration_enabled: true })
    expect((await reset(tenant)).status).toBe(200)
    expect(await people(tenant)).toHaveLength(found)
    system = earlier(addressOf(slapd.url))
  })

  it.each([
    ['that does not answer', () => 'ldap://127.0.0.1:1/dc=acme'],
    ['that refuses who searches', () => addressOf(slapd.url, 'wrong')],
  ])('a directory %s makes nobody, and the audit log says so', async (_, address) => {
    system = earlier(address())
    const tenant = await place()
    expect(await signIn(tenant)).toMatchObject(REFUSED)
    const { items } = await login.deps.store.find(AUDIT_RECORDS, tenant, { limit: 100 })
    expect(items.map(({ event }) => event)).toContain('migration.unanswered')
    system = earlier(addressOf(slapd.url))
  })
})

it.each([
  ['without TLS', 'ldap://cn%3Dreader:hunter2@old.example.com/dc=acme'],
  ['without a place to search', 'ldaps://cn%3Dreader:hunter2@old.example.com'],
])('the address of a directory %s is refused and not shown', (_, address) => {
  expect(() => earlier(address)).toThrow('PLUMBLINE_MIGRATION_URL has to look like ldaps://')
  expect(() => earlier(address)).not.toThrow('hunter2')
})
