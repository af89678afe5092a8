import { beforeAll, describe, expect, it } from 'vitest'
import type { Spec } from '../../config/resource.ts'
import { withLogins } from '../../shadow/reviewed.ts'
import { type ShadowRun, shadowRun } from '../../shadow/run.ts'
import { projectOf, projectWith, reviewOf, type Settings } from '../review/documents.ts'

const OAUTH = { clientId: 'shop', clientSecret: { fromEnv: 'X' } }
const OPEN_ID = { clientId: 'shop', clientSecret: { fromEnv: 'X' }, discoveryUrl: 'https://login.partner.example' }
const MANUAL = {
  clientId: 'shop',
  clientSecret: { fromEnv: 'X' },
  manualMetadataSetup: true,
  issuer: 'https://id.partner.example',
  authorizationUrl: 'https://id.partner.example/authorize',
  tokenUrl: 'https://id.partner.example/token',
  jwksUrl: 'https://id.partner.example/jwks',
}
/** A login method of each type that a trial signs in by. */
const BLOCKS: Readonly<Record<string, Spec>> = {
  Google: { type: 'Google', google: OAUTH },
  LinkedIn: { type: 'LinkedIn', linkedIn: OAUTH },
  Facebook: { type: 'Facebook', facebook: OAUTH },
  Paypal: { type: 'Paypal', paypal: OAUTH },
  Twitter: { type: 'Twitter', twitter: OAUTH },
  AzureAdB2c: {
    type: 'AzureAdB2c',
    azureAdB2c: { tenantId: 'contoso', applicationId: 'shop', policy: 'B2C_1_signin' },
  },
  Partner: { type: 'OpenIdConnect', openIdConnect: OPEN_ID },
  Manual: { type: 'OpenIdConnect', openIdConnect: MANUAL },
}
const method = (name: string, more: Spec = {}): Settings => ({
  'CimLoginMethod/other': { ...BLOCKS[name], displayName: name, enabled: true, authenticationLevel: 1, ...more },
})
const partner = (more: Spec): Settings => method('Partner', { openIdConnect: { ...OPEN_ID, ...more } })

interface Change {
  readonly from: Settings
  readonly to: Settings
  /** Why customers with the account cannot sign in afterwards; absent: they can. */
  readonly after?: string
}

const CHANGES: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    Object.keys(BLOCKS).map((name) => [name.toLowerCase(), { from: method(name), to: method(name) }]),
  ),
  off: {
    from: method('Google'),
    to: method('Google', { enabled: false }),
    after: 'nobody is sent on to Google (status 403)',
  },
  'another-client': { from: partner({}), to: partner({ clientId: 'another' }) },
  'another-provider': {
    from: partner({}),
    to: partner({ discoveryUrl: 'https://elsewhere.example' }),
    after: 'the account at Partner was not accepted',
  },
  'another-issuer': {
    from: partner({}),
    to: partner({ issuer: 'https://elsewhere.example' }),
    after: 'nobody is sent on to Partner (status 401)',
  },
  'page-in-plain-text': {
    from: method('Manual'),
    to: method('Manual', { openIdConnect: { ...MANUAL, authorizationUrl: 'http://id.partner.example/authorize' } }),
    after: 'nobody is sent on to Manual (status 401)',
  },
}

const settingsOf = (which: 'from' | 'to') =>
  Object.fromEntries(Object.entries(CHANGES).map(([name, c]) => [name, c[which]]))
const { signal } = new AbortController()

describe('a trial login at another provider', () => {
  let run: ShadowRun
  beforeAll(async () => {
    run = await shadowRun({
      base: projectOf(settingsOf('from')),
      head: projectOf(settingsOf('to')),
      signal,
      deadline: signal,
    })
  })

  it('is tried with documents that a service takes', () => {
    expect([run.untried, run.notTried]).toEqual([[], []])
  })

  it.each(Object.entries(CHANGES))('%s', (name, { after }) => {
    const trials = run.trials.filter(({ tenant, enrolled }) => tenant === name && enrolled.startsWith('an account at'))
    expect(trials.map(({ people, before, after: now }) => [people, before, now])).toEqual([
      ['customers', undefined, after],
      ['people who are not customers', undefined, after],
    ])
  })
})

describe('a login method that nobody can stand in for', () => {
  const CASES: readonly (readonly [Spec, string])[] = [
    [
      { type: 'Ldap', ldap: { serverUrl: 'ldaps://ldap.acme.example', baseDn: 'dc=acme' } },
      'a directory would have to be asked',
    ],
    [{ type: 'BankId' }, 'nobody but BankID can say who used its app'],
    [{ type: 'Kerberos' }, 'the service of this release has no login by it'],
  ]

  it.each(CASES)('is said not to be tried, and why: %j', async (block, why) => {
    const settings = {
      'CimLoginMethod/other': { ...block, displayName: 'Other', enabled: true, authenticationLevel: 1 },
    }
    const project = projectWith(settings as Settings)
    const revisions = { base: { resources: project }, head: { resources: project, diagnostics: [] } }
    const found = { base: 'main', verdict: 'nothing', project: [], environments: [reviewOf(project, project)] } as const
    const { environments } = await withLogins(found, [revisions], { signal })
    expect(environments[0]?.diagnostics).toContainEqual({
      severity: 'warning',
      code: 'REFUSED',
      message: `CimLoginMethod/cimloginmethodother was not tried, because ${why}`,
    })
  })
})
