import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { USERS } from '../../../identity/directory/users.ts'
import { LACKS_SLAPD, ldif, openSlapd, person, type Slapd, WHY_NO_SLAPD } from '../../support/slapd.ts'
import { claimsOf, events, type FederationWorld, openFederationWorld, press, TENANT, textOf, waitAt } from './world.ts'

const mailed = (uid: string, more: string) => person(uid, `givenName: ${uid}\nmail: ${uid}@acme.example\n${more}`)
const SAME = 'mail: same@acme.example\n'
const LDIF = ldif(
  ['people', 'elsewhere'],
  [
    ...['ada', 'bob', 'cleo', 'dora', 'eve'].map((uid) => mailed(uid, 'mobile: +31600000001\n')),
    mailed('twin', SAME),
    mailed('twin2', SAME),
  ],
  { name: 'service', password: 'service-secret' },
)

describe.skipIf(LACKS_SLAPD)(`signing in by a directory${WHY_NO_SLAPD}`, () => {
  let world: FederationWorld
  let slapd: Slapd
  let id: string
  beforeAll(async () => {
    slapd = await openSlapd(LDIF)
    world = await openFederationWorld()
    await lockout({ ip_attempts_limit: 1000, user_attempts_limit: 1000 })
  })
  beforeEach(async () => {
    id = await directory({})
  })
  afterAll(async () => {
    await world?.close()
    await slapd?.close()
  })

  const lockout = async (limits: object) => {
    const path = `/v1/tenants/${TENANT}`
    const tenant = await world.here.admin<{ block_config: object }>('GET', path)
    await world.here.admin('PUT', path, { ...tenant, block_config: { ...tenant.block_config, ...limits } })
  }
  /** The login method with a search by the service's own name, and other settings laid over it. */
  const directory = async (more: object, method: object = {}): Promise<string> => {
    const known = (await world.methods()).Directory
    await world.add({
      ...(known === undefined ? {} : { id: known }),
      type: 'LDAP',
      name: 'Directory',
      enabled: true,
      authentication_level: 1,
      auto_email_verification: true,
      excluded_unmapped_attributes: [],
      ...method,
      ladp_attributes: {
        server_urls: slapd.url,
        base_suffix: 'ou=people,dc=acme,dc=example',
        user_distinguished_name: 'cn=service,dc=acme,dc=example',
        password: 'service-secret',
        authentication_dn_template: '',
        match_pattern: '',
        ip_range_enabled: false,
        ip_ranges: ['127.0.0.1'],
        attributes_to_be_fetched: [],
        ...more,
      },
    })
    return String((await world.methods()).Directory)
  }
  /** Enters name and password on the page of the directory. */
  const enter = async (username: string, password: string) => {
    const waiting = await waitAt(world)
    const form = await press(world, waiting, id)
    return { waiting, page: await waiting.browser.submit(form, { username, password }) }
  }
  const user = async (username: string, password = `secret of ${username}`) => {
    const { waiting, page } = await enter(username, password)
    const { sub } = await claimsOf(world, waiting, page)
    return world.here.service.deps.store.get(USERS, TENANT, sub)
  }

  it('takes name and password of the directory, with what it says about the person', async () => {
    expect(await user('ada')).toMatchObject({
      username: 'ada',
      email: 'ada@acme.example',
      is_verified: true,
      attributes: {
        displayName: 'ada Doe',
        name: { givenName: 'ada', familyName: 'Doe' },
        phoneNumbers: [{ value: '+31600000001' }],
      },
    })
    const again = await user('ada@acme.example', 'secret of ada')
    expect(again?.username).toBe('ada')
  })

  it.each([
    ['a wrong password', 'ada', 'wrong'],
    ['no password, which binds as nobody', 'ada', ''],
    ['a name that nobody has', 'nobody', 'secret of ada'],
    ['a name that two have', 'same@acme.example', 'secret of twin'],
    ['a filter in the name', '*)(uid=ada', 'secret of ada'],
    ['a star for the name', '*', 'secret of ada'],
    ['a filter that is always true', 'ada)(|(objectClass=*)', 'secret of ada'],
  ])('refuses %s', async (_, username, password) => {
    const { page } = await enter(username, password)
    expect([page.status, textOf(await page.text())]).toEqual([401, expect.stringContaining('That did not match')])
    expect((await events(world)).at(-1)).toMatchObject({ event: 'login.refused', subject: { login_method: id } })
  })

  it('server_urls: the next server is asked where one does not answer; where none does, the page says so', async () => {
    await directory({ server_urls: `ldap://127.0.0.1:1 ${slapd.url}` })
    expect((await enter('ada', 'secret of ada')).page.status).toBe(200)
    await directory({ server_urls: 'ldap://127.0.0.1:1' })
    expect((await enter('ada', 'secret of ada')).page.status).toBe(503)
  })

  it('server_urls: leads to no network that the operator has not opened', async () => {
    await directory({ server_urls: 'ldap://169.254.169.254 ldap://10.0.0.1' })
    expect((await enter('ada', 'secret of ada')).page.status).toBe(503)
  })

  it('server_urls: where a server offers TLS, its certificate has to be good', async () => {
    const other = await openSlapd(LDIF, { tls: true })
    await directory({ server_urls: other.url })
    expect((await enter('ada', 'secret of ada')).page.status).toBe(503)
    await other.close()
  })

  it('base_suffix: who is found', async () => {
    await directory({ base_suffix: 'ou=elsewhere,dc=acme,dc=example' })
    expect((await enter('ada', 'secret of ada')).page.status).toBe(401)
  })

  it.each([
    ['user_distinguished_name', { user_distinguished_name: 'cn=another,dc=acme,dc=example' }],
    ['password', { password: 'wrong' }],
  ])('%s: the service has to be let in', async (_, settings) => {
    await directory(settings)
    expect((await enter('ada', 'secret of ada')).page.status).toBe(401)
    expect((await events(world)).at(-1)).toMatchObject({
      subject: { reason: 'the login method lacks the right name and password of the service' },
    })
  })

  it('authentication_dn_template: binds by the name that it makes, without the service', async () => {
    const template = { authentication_dn_template: 'uid={username},ou=people,dc=acme,dc=example' }
    await directory({ ...template, password: 'wrong' })
    expect(await user('bob')).toMatchObject({ username: 'bob' })
    for (const name of ['bob,ou=people', 'bob+cn=bob Doe', 'b\\6fb,ou=people,dc=acme,dc=example', 'service'])
      expect([name, (await enter(name, 'secret of bob')).page.status]).toEqual([name, 401])
  })

  it('match_pattern: names that the directory is asked for', async () => {
    await directory({ match_pattern: '[a-c].*' })
    expect((await enter('cleo', 'secret of cleo')).page.status).toBe(200)
    expect((await enter('dora', 'secret of dora')).page.status).toBe(401)
  })

  it('ip_range_enabled and ip_ranges: who is outside is not offered it', async () => {
    const page = async () => {
      const { browser, handle } = await waitAt(world)
      return (await browser.open(`${world.here.url}/${TENANT}/login?auth_req_id=${handle}`)).text()
    }
    await directory({ ip_range_enabled: true, ip_ranges: ['10.0.0.0/8'] })
    expect(await page()).not.toContain('Sign in with Directory')
    expect((await press(world, await waitAt(world), id)).status).toBe(403)
    await directory({ ip_range_enabled: true, ip_ranges: ['10.0.0.0/8', '127.0.0.0/8'] })
    expect(await page()).toContain('Sign in with Directory')
    await directory({ ip_range_enabled: false, ip_ranges: ['10.0.0.0/8'] })
    expect(await page()).toContain('Sign in with Directory')
  })

  it('attributes_to_be_fetched: what is read of a person', async () => {
    await directory({ attributes_to_be_fetched: ['uid', 'mail', 'sn'] })
    const dora = await user('dora')
    expect(dora?.attributes).toMatchObject({ name: { familyName: 'Doe' } })
    expect(dora?.attributes).not.toHaveProperty('phoneNumbers')
  })

  it('excluded_unmapped_attributes: names attributes of the directory', async () => {
    await directory({}, { excluded_unmapped_attributes: ['mobile', 'sn'] })
    const eve = await user('eve')
    expect(eve?.attributes).toMatchObject({ name: { givenName: 'eve' } })
    expect(eve?.attributes).not.toHaveProperty('phoneNumbers')
  })

  it('guessing is stopped, for the name in the directory and not for an account here', async () => {
    await lockout({ user_attempts_limit: 5 })
    const statuses = []
    for (let tries = 0; tries < 12; tries++) statuses.push((await enter('twin2', 'guess')).page.status)
    expect(statuses.at(-1)).toBe(429)
    expect((await enter('ada', 'secret of ada')).page.status).toBe(200)
  })
})
