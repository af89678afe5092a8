import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import type { Deps } from '../../identity/deps.ts'
import { connectIdentity } from '../../identity/directory/identities.ts'
import { ORGANIZATIONS } from '../../identity/directory/organizations.ts'
import { organizationOf } from '../../identity/directory/tenant-organizations.ts'
import { USERS } from '../../identity/directory/users.ts'
import { CIM } from '../../identity/settings/cim/state.ts'
import { readSettings } from '../../identity/settings/store.ts'
import { GLOBAL } from '../../identity/store/store.ts'
import { type CountOptions, countImpact } from '../../impact/count.ts'
import { type Known, proposalOf } from '../../impact/proposal.ts'
import { readingStore } from '../../impact/store.ts'
import { ENROLLED, enrolledIn, PEOPLE } from '../../review/people.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { addPerson } from '../../shadow/people.ts'
import { ShadowService } from '../../shadow/service.ts'
import { projectWith, type Settings } from '../review/documents.ts'

type Needs = Pick<Deps, 'store' | 'now'>
const OPTIONS: CountOptions = { ids: false, onUsers: () => {}, signal: new AbortController().signal }
const PASSWORD = { type: 'UsernameAndPassword', displayName: 'Password', authenticationLevel: 1 }
const tenant = (spec: object): Settings => ({
  Tenant: { displayName: 'Web', pin: { enabled: true }, pattern: { enabled: false }, loginOrder: ['Pin'], ...spec },
})
const BASE: Settings = { ...tenant({ passkeys: true }), CimLoginMethod: { ...PASSWORD, enabled: true } }
const [CUSTOMERS, OTHERS] = PEOPLE as [(typeof PEOPLE)[number], (typeof PEOPLE)[number]]
const [PIN, , WORD] = ENROLLED as unknown as (typeof ENROLLED)[number][]

describe('the impact of documents on the users of a store', () => {
  let shadow: ShadowService
  beforeAll(async () => {
    shadow = await ShadowService.open(OPTIONS.signal)
    expect(await shadow.bring(projectWith(BASE))).toEqual([])
    for (const name of ['ann', 'bob', 'cas']) await addPerson(shadow, 'web', CUSTOMERS, PIN as never, name)
    await addPerson(shadow, 'web', OTHERS, WORD as never, 'dan')
  })
  afterAll(() => shadow.close())

  interface More extends Partial<CountOptions> {
    readonly entries?: Known['entries']
  }
  const impactOf = (
    settings: Settings,
    { entries = new Map(), ...options }: More = {},
    deps: Needs = shadow.service.deps,
  ) => {
    const resources = projectWith(settings)
    const [head] = settingsByTenant(resources).values()
    return countImpact(reads(resources, 'web', deps, entries), head ?? expect.fail('no tenant'), {
      ...OPTIONS,
      ...options,
    })
  }
  const reads = (resources: readonly Resource[], tenant: string, deps: Needs, entries: Known['entries'] = new Map()) =>
    readingStore(
      deps,
      tenant,
      proposalOf(
        resources,
        { tenant_id: tenant, organization_id: null, client_id: null, username: null },
        { index: resolve(resources), entries },
      ),
    )

  it('is nothing for what is as it was', async () => {
    expect(await impactOf(BASE)).toEqual({ tenant: 'web', users: 4, effects: [] })
  })

  it('counts who can no longer sign in, and says because of which field', async () => {
    const { effects } = await impactOf({
      ...BASE,
      ...tenant({ pin: { enabled: false }, passkeys: true, loginOrder: [] }),
    })
    expect(effects).toEqual([
      {
        what: 'can no longer sign in',
        count: 3,
        causes: expect.arrayContaining([{ address: 'Tenant/web', pointer: '/pin/enabled' }]),
      },
    ])
  })

  it('lists them when asked', async () => {
    const off = { ...BASE, CimLoginMethod: { ...PASSWORD, enabled: false } }
    expect((await impactOf(off, { ids: true })).effects).toMatchObject([
      { what: 'can no longer sign in', ids: ['dan'] },
    ])
  })

  it('counts who has to set up a second factor on the way', async () => {
    const staff = { requireMfa: true, hotp: false, bankId: true }
    const { effects } = await impactOf({ ...BASE, SecurityConfiguration: { nonCustomers: staff } })
    expect(effects).toMatchObject([{ what: 'have to set up a passkey', count: 1 }])
  })

  it('counts whose password is too old', async () => {
    const later = { ...shadow.service.deps, now: () => new Date(Date.now() + 40 * 24 * 3_600_000) }
    const settings = { ...BASE, SecurityConfiguration: { passwordExpirationDays: 30 } }
    const { effects } = await impactOf(settings, {}, later)
    expect(effects).toMatchObject([{ what: 'have to change their password', count: 1 }])
  })

  it('counts who loses an account at another provider', async () => {
    const google = (enabled: boolean, displayName = 'Google'): Settings => ({
      'CimLoginMethod/google': {
        type: 'Google',
        displayName,
        enabled,
        authenticationLevel: 1,
        google: { clientId: 'shop', clientSecret: { fromEnv: 'GOOGLE' } },
      },
    })
    expect(await shadow.bring(projectWith({ ...BASE, ...google(true) }))).toEqual([])
    const { store } = shadow.service.deps
    const id = (await organizationOf(store, 'web')) ?? expect.fail('no organization')
    const organization = (await store.get(ORGANIZATIONS, GLOBAL, id)) ?? expect.fail('no organization')
    const { login_methods } = await readSettings({ store }, organization, CIM)
    const method = login_methods.login_methods.find(({ type }) => type === 'GOOGLE') ?? expect.fail('no method')
    const ann = (await store.get(USERS, 'web', 'ann')) ?? expect.fail('no ann')
    await connectIdentity(store, ann, { method_id: method.id, issuer: 'https://g', subject: '1' }, 'ann', new Date())
    expect((await impactOf({ ...BASE, ...google(true) })).effects).toEqual([])
    expect((await impactOf({ ...BASE, ...google(false) }, { ids: true })).effects).toMatchObject([
      {
        what: 'can no longer use their account at Google',
        count: 1,
        causes: [{ address: 'CimLoginMethod/cimloginmethodgoogle', pointer: '/enabled' }],
      },
    ])
    // The same object under another name: nobody loses anything by that alone.
    const entries = new Map([['CimLoginMethod/cimloginmethodgoogle', { id: method.id }]])
    expect((await impactOf({ ...BASE, ...google(true, 'Work') }, { entries })).effects).toEqual([])
    expect((await impactOf({ ...BASE, ...google(false, 'Work') }, { entries })).effects).toMatchObject([
      { what: 'can no longer use their account at Work', count: 1 },
    ])
  })

  describe('of devices and codes', () => {
    const CODES = { requireMfa: false, hotp: true, approvedHotpEmailDomains: ['shadow.example'] }
    const all = (on: boolean): Settings => ({
      CimFeatures: { googleAuthenticatorEnabled: on, smsEnabled: on, externallyDeliveredCodeEnabled: on },
    })
    beforeAll(async () => {
      const on = { ...BASE, ...all(true), SecurityConfiguration: { customers: CODES, nonCustomers: CODES } }
      expect(await shadow.bring(projectWith(on))).toEqual([])
      const classes = enrolledIn({ federated: [] })
      const having = (words: string) => classes.find((some) => some.words === words) ?? expect.fail(words)
      await addPerson(shadow, 'web', CUSTOMERS, having('a PIN and an authenticator app'), 'eve')
      await addPerson(shadow, 'web', CUSTOMERS, having('a PIN and a telephone'), 'fay')
    })
    const lossesOf = async (settings: Settings) =>
      (await impactOf({ ...BASE, ...settings }, { ids: true })).effects.map(({ what, ids }) => [what, ids])

    it.each([
      ['googleAuthenticatorEnabled', 'can no longer use their authenticator app', ['eve']],
      ['smsEnabled', 'can no longer use codes by text message', ['fay']],
      [
        'externallyDeliveredCodeEnabled',
        'can no longer use codes delivered outside the service',
        ['ann', 'bob', 'cas', 'dan', 'eve', 'fay'],
      ],
    ])('counts who loses them with %s', async (field, what, ids) => {
      expect(await lossesOf({ CimFeatures: { [field]: false } })).toEqual([[what, ids]])
    })

    it('counts who loses codes by e-mail, of the group that it is about', async () => {
      const off = { SecurityConfiguration: { customers: { ...CODES, hotp: false } } }
      expect(await lossesOf(off)).toEqual([['can no longer use codes by e-mail', ['ann', 'bob', 'cas', 'eve', 'fay']]])
    })

    it('counts who could not sign in without the device', async () => {
      const strict = { requireMfa: true, hotp: false, bankId: true }
      const mfa: Settings = {
        ...tenant({ passkeys: false }),
        SecurityConfiguration: { customers: strict, nonCustomers: { ...CODES, ...strict } },
        CimStepUp: { levels: { pin: 4 }, actions: { setUpMethods: 4, allowInitialMethod: false } },
      }
      const noLetters = { ...mfa, CimFeatures: { externallyDeliveredCodeEnabled: false } }
      expect(await lossesOf(noLetters)).toContainEqual(['can no longer sign in', ['ann', 'bob', 'cas', 'dan']])
      expect((await lossesOf(mfa)).map(([what]) => what)).not.toContain('can no longer sign in')
    })

    it('says what people set up where they may', async () => {
      const strict = { requireMfa: true, hotp: false, bankId: true }
      const mfa = { customers: strict, nonCustomers: { ...CODES, ...strict } }
      const noLetters = { SecurityConfiguration: mfa, CimFeatures: { externallyDeliveredCodeEnabled: false } }
      expect(await lossesOf(noLetters)).toContainEqual([
        'have to set up a passkey or an authenticator app',
        ['ann', 'bob', 'cas', 'dan'],
      ])
    })
  })

  it('is nobody in a tenant that is not there yet', async () => {
    const resources = projectWith(BASE)
    const [head] = settingsByTenant(resources).values()
    const other = { ...(head ?? expect.fail('no tenant')), tenant: 'new' }
    expect(await countImpact(reads(resources, 'new', shadow.service.deps), other, OPTIONS)).toEqual({
      tenant: 'new',
      users: 0,
      effects: [],
    })
  })
})
