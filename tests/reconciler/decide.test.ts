import { describe, expect, it } from 'vitest'
import { list, object, secret, text } from '../../config/field.ts'
import { withServerDefaults } from '../../config/merged-spec.ts'
import type { Resource } from '../../config/resource.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const tenant = (spec: Record<string, unknown> = {}) =>
  document('Tenant', 'acme', { connectionRef: { name: 'vault' }, ...spec })
const report = { drift: { mode: 'Report' } }

/** The one step of a plan for the document. */
async function stepOf(world: World, resource: Resource) {
  const { steps } = await world.plan([vault, resource])
  return steps[0] ?? expect.fail('no step')
}

const applied = async (resource: Resource, env: Record<string, string> = {}): Promise<World> => {
  const world = new World()
  world.env = env
  await world.apply([vault, resource])
  return world
}

describe('a step', () => {
  it('holds what it is about, and nothing that nobody knows', async () => {
    expect(await stepOf(new World(), tenant())).toStrictEqual({
      action: 'create',
      address: 'Tenant/acme',
      kind: 'Tenant',
      connection: 'vault',
      key: 'acme',
      changes: [],
      needs: [],
    })
  })

  it('names the tenant, the id, and where the document stands', async () => {
    const group = document('Group', 'one', {
      connectionRef: { name: 'vault' },
      tenantRef: { id: 'acme' },
      displayName: 'One',
    })
    const world = await applied(group)
    expect(
      await stepOf(world, { ...group, origin: { file: 'a.yaml', line: 7 } as Resource['origin'] & object }),
    ).toMatchObject({
      tenant: 'acme',
      id: 'Group/acme/One',
      file: 'a.yaml',
      line: 7,
    })
  })

  it.each([
    ['is paused', tenant({ management: 'Paused' }), 'none'],
    ['is only observed and absent', tenant({ management: 'Observe' }), 'report'],
    ['is to adopt what is absent', tenant({ adoption: 'AdoptOnly' }), 'blocked'],
  ])('has no changes when the document %s', async (_, resource, action) => {
    expect(await stepOf(new World(), resource)).toMatchObject({ action, changes: [] })
  })
})

describe('an object that has vanished', () => {
  it('is reported, with no changes, unless drift is to be corrected', async () => {
    const world = await applied(tenant(report))
    world.system.objects.clear()
    expect(await stepOf(world, tenant(report))).toMatchObject({ action: 'report', drift: true, changes: [] })
    expect(await stepOf(world, tenant())).toMatchObject({
      action: 'create',
      because: 'it has vanished from the system',
    })
  })
})

describe('drift that is not to be corrected', () => {
  const client = (version: number, mode: string) =>
    document('Client', 'portal', {
      connectionRef: { name: 'vault' },
      tenantRef: { id: 'acme' },
      displayName: 'Portal',
      clientSecret: { fromEnv: 'S', version },
      drift: { mode },
    })

  it('keeps nothing of ours from being sent: that is an update', async () => {
    const world = await applied(tenant(report))
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    expect(await stepOf(world, tenant({ ...report, displayName: 'New' }))).toMatchObject({ action: 'update' })
  })

  it('is no reason to hold a changed secret back', async () => {
    const unversioned = document('Client', 'portal', { ...client(1, 'Report').spec, clientSecret: { fromEnv: 'S' } })
    const world = await applied(unversioned, { S: 'first' })
    world.env = { S: 'second' }
    world.system.objects.set('Client/acme/portal', { name: 'Other' })
    expect(await stepOf(world, unversioned)).toMatchObject({ action: 'update', changes: [{ path: '/clientSecret' }] })
  })

  it('is not mentioned with Ignore', async () => {
    const ignored = tenant({ displayName: 'Acme', drift: { mode: 'Ignore' } })
    const world = await applied(ignored)
    world.system.objects.set('Tenant/acme', { display_name: 'Other' })
    expect(await stepOf(world, ignored)).toMatchObject({ action: 'none', changes: [] })
  })
})

describe('what exists already, with CreateOnly', () => {
  it('is taken over where the document names its id', async () => {
    const world = new World()
    world.system.objects.set('Tenant/acme', {})
    const named = tenant({ adoption: 'CreateOnly', externalRef: { id: 'Tenant/acme' } })
    expect(await stepOf(world, named)).toMatchObject({ action: 'adopt' })
  })
})

describe('a kind that is only observed', () => {
  it('is reported, whatever the document says of its management', async () => {
    const world = new World(new MemorySystem('OneWelcomeCim', 1))
    const provider = document('CimIdentityProvider', 'entra', { connectionRef: { name: 'c' }, displayName: 'Entra' })
    const { steps } = await world.plan([connection('c', 'OneWelcomeCim'), provider])
    expect(steps).toMatchObject([{ action: 'report', because: 'absent, and only observed' }])
  })
})

describe('a setting that is there once', () => {
  it('is taken over, with CreateOnly, too: there is nothing to create', async () => {
    const world = new World(new MemorySystem('SailPoint'))
    world.system.objects.set('PasswordOrgConfig/org', {})
    const settings = document('PasswordOrgConfig', 'org', { connectionRef: { name: 'c' }, adoption: 'CreateOnly' })
    const [key] = (await world.look([connection('c', 'SailPoint'), settings])).documents.map((d) => d.target.key)
    world.system.objects.set(`PasswordOrgConfig/${key}`, {})
    expect((await world.plan([connection('c', 'SailPoint'), settings])).steps).toMatchObject([{ action: 'adopt' }])
  })
})

describe('a change of what is set at creation only', () => {
  it('is a replacement, whatever else changes with it', async () => {
    const world = await applied(tenant({ displayName: 'A', twoFactor: false }))
    const step = await stepOf(world, tenant({ displayName: 'B', twoFactor: true }))
    expect(step).toMatchObject({
      action: 'blocked',
      because: expect.stringContaining('/twoFactor can be set at creation only'),
    })
  })
})

describe('the rules of the kind', () => {
  const judged = async (spec: Record<string, unknown>, found?: Record<string, unknown>) => {
    const world = new World()
    world.rules = ruleCheck
    if (found !== undefined) world.system.objects.set('Tenant/acme', found)
    return stepOf(world, tenant(spec))
  }

  it('see the defaults of an object that is created', async () => {
    expect(await judged({ liveness: { stepsMin: 36 } })).toMatchObject({
      action: 'blocked',
      changes: [],
      because: 'together with the defaults of the system: stepsMin is above stepsMax',
    })
  })

  it('see what the system has below what the document names', async () => {
    const found = { liveness_config: { number_steps_min: 4, number_steps_max: 50 } }
    expect(await judged({ liveness: { stepsMin: 36 } }, found)).toMatchObject({ action: 'adopt' })
  })
})

describe('the defaults of a system', () => {
  const schema = object(
    {
      optional: {
        plain: text('x', { serverDefault: 'p' }),
        bare: text('x'),
        nested: object({ optional: { inner: text('x', { serverDefault: 'i' }), list: list(text('x'), 'x') } }, 'x', {
          wire: 'nested',
        }),
        flat: object({ optional: { deep: text('x', { serverDefault: 'd' }) } }, 'x'),
        empty: object({ optional: { none: text('x') } }, 'x'),
        password: secret('x'),
      },
    },
    'x',
  )

  it('stand where nobody says otherwise; an object of its own has none while it is not there', () => {
    expect(withServerDefaults(schema, {})).toStrictEqual({ plain: 'p', flat: { deep: 'd' } })
  })

  it('are added to an object that is named, and to no secret', () => {
    expect(
      withServerDefaults(schema, { plain: 'mine', nested: { list: [] }, password: { fromEnv: 'S' } }),
    ).toStrictEqual({
      plain: 'mine',
      nested: { inner: 'i', list: [] },
      flat: { deep: 'd' },
      password: { fromEnv: 'S' },
    })
  })

  it('leave a null as it is', () => {
    expect(withServerDefaults(schema, { nested: null })).toStrictEqual({
      plain: 'p',
      nested: null,
      flat: { deep: 'd' },
    })
  })
})
