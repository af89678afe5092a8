import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identitiesOf } from '../../../identity/directory/identities.ts'
import { type StoredUser, USERS } from '../../../identity/directory/users.ts'
import { arrive, openStandInWorld, type StandInWorld } from './strangers.ts'
import { TENANT } from './world.ts'

/** Somebody at the other provider, and what the person does when the service asks who they are. */
const login = fc.record({
  account: fc.constantFrom('a', 'b'),
  email: fc.constantFrom('one', 'two'),
  isVerified: fc.boolean(),
  answer: fc.constantFrom('create', 'leave'),
})
const settings = fc.record({ unasked: fc.boolean(), several: fc.boolean(), trusted: fc.boolean() })
type Login = typeof login extends fc.Arbitrary<infer T> ? T : never
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never

/** An account here with the address `one` before anybody comes. */
const owner = fc.constantFrom('none', 'verified', 'unverified', 'disabled')

describe('accounts at another provider', () => {
  let world: StandInWorld
  let round = 0
  beforeAll(async () => {
    world = await openStandInWorld()
  })
  afterAll(() => world.close())

  const users = async (): Promise<readonly StoredUser[]> =>
    (await world.here.service.deps.store.find(USERS, TENANT, { limit: 500 })).items
  /** Who is connected with an account there. */
  const connectedWith = async (subject: string): Promise<readonly StoredUser[]> => {
    const all = await users()
    const identities = await Promise.all(all.map((user) => identitiesOf(world.here.service.deps.store, user)))
    return all.filter((_, i) => identities[i]?.some((identity) => identity.subject === subject))
  }

  const own = (name: string) => `${name}-${round}`
  const address = (name: string) => `${own(name)}@example.com`

  const prepare = async ({ unasked, several, trusted }: Settings, before: string) => {
    round++
    await world.settings({
      features: {
        sign_up_enabled: true,
        automated_external_identity_coupling_enabled: unasked,
        bind_multiple_external_accounts_with_one_cim_account: several,
      },
    })
    await world.method({ auto_email_verification: trusted })
    if (before === 'none') return
    const user = { user_id: own('owner'), username: own('owner'), email: address('one'), tenant_id: TENANT }
    const state = { is_verified: before !== 'unverified', is_disabled: before === 'disabled' }
    await world.here.admin('POST', `/v1/tenants/${TENANT}/users`, { ...user, ...state })
  }
  const visit = async ({ account, email, isVerified, answer }: Login) => {
    world.standIn.person = { sub: own(account), email: address(email), email_verified: isVerified }
    const { browser, page } = await arrive(world)
    const next = new URL(page.headers.get('location') ?? '/', world.here.url)
    if (!next.pathname.endsWith('/login/with/first') || answer === 'leave') return
    const first = await browser.open(next.href)
    if ((await first.clone().text()).includes('value="create"')) await browser.submit(first)
  }
  /** The one reason for which somebody who was here before is connected: both sides have verified the same address. */
  const requireProof = async (user: StoredUser, known: readonly StoredUser[], set: Settings, said: Login) => {
    const sharing = known.filter((one) => one.email === address(said.email)).length
    const { length } = await identitiesOf(world.here.service.deps.store, user)
    const { isVerified } = said
    const { email, is_verified, is_disabled } = user
    expect({ isVerified, email, sharing, is_verified, is_disabled, unasked: set.unasked }).toEqual({
      ...{
        isVerified: true,
        email: address(said.email),
        sharing: 1,
        is_verified: true,
        is_disabled: false,
        unasked: true,
      },
    })
    expect(set.several || length === 1).toBe(true)
  }

  it('are connected with nobody without proof, whatever two logins say and whatever is set', async () => {
    await fc.assert(
      fc.asyncProperty(settings, owner, fc.tuple(login, login), async (set, before, logins) => {
        await prepare(set, before)
        for (const said of logins) {
          const [known, connected] = [await users(), await connectedWith(own(said.account))]
          await visit(said)
          const now = await connectedWith(own(said.account))
          // One account there is one person here, once and for all.
          expect(now.length).toBeLessThanOrEqual(1)
          if (connected.length > 0) expect(now.map((u) => u.user_id)).toEqual(connected.map((u) => u.user_id))
          const before = known.find(({ user_id }) => user_id === now[0]?.user_id)
          if (connected.length === 0 && before !== undefined) await requireProof(before, known, set, said)
        }
      }),
      // Each presses the button twice, which one address may do sixty times a minute.
      { numRuns: 25 },
    )
  })
})
