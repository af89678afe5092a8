import { beforeAll, describe, expect, it } from 'vitest'
import { withLogins } from '../../shadow/reviewed.ts'
import { type ShadowRun, shadowRun } from '../../shadow/run.ts'
import { projectOf, projectWith, reviewOf, type Settings } from '../review/documents.ts'

const TENANT = { displayName: 'Web', pin: { enabled: true }, pattern: { enabled: false } }
const client = (tenant: string, spec: object = {}): Settings => ({
  Tenant: TENANT,
  'Client/portal': {
    tenantRef: { name: tenant },
    clientId: 'portal',
    displayName: 'Portal',
    type: 'Public',
    redirectUris: ['https://portal.example/callback'],
    ...spec,
  },
})
const SECRET = { type: 'Confidential', clientSecret: { fromEnv: 'PORTAL' } }
const stepUp = (level: number): Settings => ({
  Tenant: TENANT,
  CimFeatures: { pinEnabled: true },
  CimStepUp: { levels: { pin: 2, sms: 5 }, actions: { default: level, allowInitialMethod: false } },
})

interface Change {
  readonly from: Settings
  readonly to: Settings
  /** What does not work afterwards any more. */
  readonly lost: readonly string[]
}

const CHANGES: Readonly<Record<string, Change>> = {
  same: { from: client('same'), to: client('same'), lost: [] },
  app: { from: client('app'), to: client('app', { redirectUris: ['com.acme.portal:/callback'] }), lost: [] },
  secret: { from: client('secret', SECRET), to: client('secret', SECRET), lost: [] },
  signature: { from: client('signature'), to: client('signature', { signingAlg: 'EdDSA' }), lost: [] },
  locked: { from: client('locked'), to: client('locked', { locked: true }), lost: ['sign in to portal'] },
  higher: { from: stepUp(2), to: stepUp(3), lost: ['step up'] },
  lower: { from: stepUp(3), to: stepUp(2), lost: [] },
}
const settingsOf = (which: 'from' | 'to') =>
  Object.fromEntries(Object.entries(CHANGES).map(([name, c]) => [name, c[which]]))
const { signal } = new AbortController()

describe('what people who get in do there', () => {
  let run: ShadowRun
  beforeAll(async () => {
    const projects = { base: projectOf(settingsOf('from')), head: projectOf(settingsOf('to')) }
    run = await shadowRun({ ...projects, signal, deadline: signal })
  })

  it('is tried with documents that a service takes', () => {
    expect(run.untried).toEqual([])
  })

  it.each(Object.entries(CHANGES))('is tried before and after: %s', (name, { lost }) => {
    const uses = run.uses.filter(({ tenant }) => tenant === name)
    expect(uses.map(({ what }) => what)).toEqual(expect.arrayContaining(['stay signed in, and sign out', 'step up']))
    const gone = uses.filter(({ before, after }) => before === undefined && after !== undefined)
    expect(
      gone.map(({ what }) => what),
      JSON.stringify(uses),
    ).toEqual(lost)
    const isStepUp = name === 'lower'
    expect(uses.filter(({ before }) => before !== undefined).map(({ what }) => what)).toEqual(
      isStepUp ? ['step up'] : [],
    )
  })

  it('is told where it works no more', async () => {
    const [base, head] = [projectWith(client('web')), projectWith(client('web', { locked: true }))]
    const revisions = [{ base: { resources: base }, head: { resources: head, diagnostics: [] } }]
    const found = { base: 'main', verdict: 'nothing', project: [], environments: [reviewOf(base, head)] } as const
    const { verdict, environments } = await withLogins(found, revisions, { signal })
    expect(verdict).toBe('locks out')
    expect(environments[0]?.lockouts.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^people who get in could sign in to portal and can no longer: /),
    ])
  })
})
