import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { drift } from '../../reconciler/drift.ts'
import { Secret } from '../../reconciler/secret.ts'
import { actions, connection, document, World } from '../support/world.ts'

const vault = connection('vault', 'SecretsVault')
const client = (secret: Record<string, unknown>) =>
  document('Client', 'portal', {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    displayName: 'Portal',
    clientSecret: secret,
  })
const place = 'Client/acme/portal'

const world = () => {
  const w = new World()
  w.env = { PORTAL_SECRET: 'first value' }
  return w
}

describe('a write-only secret', () => {
  it('is sent at creation and not again', async () => {
    const w = world()
    const documents = [vault, client({ fromEnv: 'PORTAL_SECRET', version: 1 })]
    await w.apply(documents)
    expect(w.system.objects.get(place)).toMatchObject({ client_secret: 'first value' })
    expect(actions(await w.plan(documents))).toEqual(['none Client/portal'])
  })

  it('stays as it is when another field changes', async () => {
    const w = world()
    await w.apply([vault, client({ fromEnv: 'PORTAL_SECRET', version: 1 })])
    w.env = { PORTAL_SECRET: 'second value' }
    const renamed = client({ fromEnv: 'PORTAL_SECRET', version: 1 })
    await w.apply([vault, { ...renamed, spec: { ...renamed.spec, displayName: 'Renamed' } }])
    expect(w.system.objects.get(place)).toMatchObject({ client_secret: 'first value', name: 'Renamed' })
  })

  it('is sent again when its version is raised', async () => {
    const w = world()
    await w.apply([vault, client({ fromEnv: 'PORTAL_SECRET', version: 1 })])
    w.env = { PORTAL_SECRET: 'second value' }
    await w.apply([vault, client({ fromEnv: 'PORTAL_SECRET', version: 2 })])
    expect(w.system.objects.get(place)).toMatchObject({ client_secret: 'second value' })
  })

  it('without a version is sent again when its value is another one', async () => {
    const w = world()
    await w.apply([vault, client({ fromEnv: 'PORTAL_SECRET' })])
    w.env = { PORTAL_SECRET: 'second value' }
    expect((await w.plan([vault, client({ fromEnv: 'PORTAL_SECRET' })])).steps[0]?.changes).toEqual([
      { op: 'replace', path: '/clientSecret', secret: true, impact: 'neutral' },
    ])
  })

  describe.each(['Correct', 'Report', 'Ignore'])(
    'whose value at its source is another one, with drift mode %s',
    (mode) => {
      const rotated = async () => {
        const w = world()
        const document = client({ fromEnv: 'PORTAL_SECRET' })
        const documents = [vault, { ...document, spec: { ...document.spec, drift: { mode } } }]
        await w.apply(documents)
        w.env = { PORTAL_SECRET: 'second value' }
        return { w, documents }
      }

      it('is sent, and nobody calls it drift', async () => {
        const { w, documents } = await rotated()
        const plan = await w.plan(documents)
        expect(plan.steps[0]).toMatchObject({ action: 'update', changes: [{ path: '/clientSecret' }] })
        expect(plan.steps[0]?.drift).toBeUndefined()
        expect(drift(plan, new Date())).toMatchObject({ drifted: [], inSync: 1 })
        await w.apply(documents)
        expect(w.system.objects.get(place)).toMatchObject({ client_secret: 'second value' })
        expect(actions(await w.plan(documents))).toEqual(['none Client/portal'])
      })

      it('is sent beside drift, which is treated as the mode says', async () => {
        const { w, documents } = await rotated()
        w.system.objects.set(place, { ...w.system.objects.get(place), name: 'Behind the back' })
        const outcomes = await w.apply(documents)
        expect(outcomes.map((o) => o.status)).toEqual(['done'])
        expect(w.system.objects.get(place)).toMatchObject({ client_secret: 'second value' })
        const left = { Correct: 'none', Report: 'report', Ignore: 'none' }[mode]
        expect(actions(await w.plan(documents))).toEqual([`${left} Client/portal`])
      })
    },
  )

  it('cannot be told from another one by a document that only observes', async () => {
    const w = world()
    const document = client({ fromEnv: 'PORTAL_SECRET' })
    w.system.objects.set(place, { name: 'Portal' })
    const observing = [vault, { ...document, spec: { ...document.spec, management: 'Observe' } }]
    expect(actions(await w.plan(observing))).toEqual(['none Client/portal'])
  })

  it('that cannot be found blocks its document and sends nothing', async () => {
    const w = world()
    const plan = await w.plan([vault, client({ fromEnv: 'NOT_SET' })])
    expect(plan.steps[0]).toMatchObject({
      action: 'blocked',
      because: expect.stringContaining('environment variable NOT_SET is not set'),
    })
  })

  it('that is empty counts as missing, so that a live secret is never overwritten by nothing', async () => {
    const w = world()
    w.env = { PORTAL_SECRET: '' }
    expect(actions(await w.plan([vault, client({ fromEnv: 'PORTAL_SECRET' })]))).toEqual(['blocked Client/portal'])
  })

  it('appears neither in the plan nor in the inventory', async () => {
    const w = world()
    const { plan } = await w.look([vault, client({ fromEnv: 'PORTAL_SECRET' })])
    await w.apply([vault, client({ fromEnv: 'PORTAL_SECRET' })])
    expect(JSON.stringify([plan, [...w.ledger.entries]])).not.toContain('first value')
  })
})

describe('a value that the system shows once', () => {
  const key = document('ApiKey', 'ci', {
    connectionRef: { name: 'vault' },
    tenantRef: { id: 'acme' },
    displayName: 'CI',
    scopes: ['users:read'],
    writeTo: { file: 'ci.key' },
  })

  it('goes to the place that the document names', async () => {
    const w = world()
    await w.apply([vault, key])
    expect([...w.delivered.values()]).toEqual(['produced-once'])
  })

  it('is made anew when it never got there', async () => {
    const w = world()
    await w.apply([vault, key])
    w.delivered.clear()
    await w.apply([vault, key])
    expect([...w.delivered.values()]).toEqual(['produced-again'])
  })
})

describe('Secret', () => {
  const secret = new Secret('hush')

  it('shows a mask however it is printed', () => {
    const printed = [`${secret}`, JSON.stringify({ secret }), inspect(secret), String(new Error(`x ${secret}`))]
    expect(printed.join(' ')).not.toContain('hush')
  })

  it('has a fingerprint of 16 hexadecimal digits', () => expect(secret.fingerprint('k')).toMatch(/^[0-9a-f]{16}$/))

  it('is shown as what it is', () =>
    expect([`${secret}`, JSON.stringify(secret), inspect(secret)]).toEqual(['(secret)', '"(secret)"', '(secret)']))

  it('has equal fingerprints for equal values under one key only', () => {
    expect(secret.fingerprint('k')).toBe(new Secret('hush').fingerprint('k'))
    expect(secret.fingerprint('k')).not.toBe(secret.fingerprint('other'))
  })
})
