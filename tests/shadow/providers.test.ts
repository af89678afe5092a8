import { beforeAll, describe, expect, it } from 'vitest'
import type { Spec } from '../../config/resource.ts'
import { withLogins } from '../../shadow/reviewed.ts'
import { type ShadowRun, shadowRun } from '../../shadow/run.ts'
import { projectOf, projectWith, reviewOf, type Settings } from '../review/documents.ts'
import { BLOCKS, CERTIFICATE, LEVELS, metadata, method, methodWith, SAML } from '../review/login-methods.ts'

interface Change {
  readonly from: Settings
  readonly to: Settings
  /** Why customers with the account cannot sign in afterwards; absent: they can. */
  readonly after?: string
}

const change = (name: string, over: Spec, after?: string): Change => ({
  from: method(name),
  to: methodWith(name, over),
  ...(after === undefined ? {} : { after }),
})
const notAccepted = (name: string): string => `the account at ${name} was not accepted`
const notSentOn = (name: string, status = 401): string => `nobody is sent on to ${name} (status ${status})`

const CHANGES: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    Object.keys(BLOCKS).map((name) => [name.toLowerCase(), { from: method(name), to: method(name) }]),
  ),
  ...Object.fromEntries(
    Object.keys(BLOCKS).map((name) => [
      `${name.toLowerCase()}-off`,
      { from: method(name), to: method(name, { enabled: false }), after: notSentOn(name, 403) },
    ]),
  ),
  'another-client': change('Partner', { clientId: 'another' }),
  'another-provider': change('Partner', { discoveryUrl: 'https://elsewhere.example' }, notAccepted('Partner')),
  'another-issuer': change('Partner', { issuer: 'https://elsewhere.example' }, notSentOn('Partner')),
  'page-in-plain-text': change(
    'Manual',
    { authorizationUrl: 'http://id.partner.example/authorize' },
    notSentOn('Manual'),
  ),
  'encryption-demanded': change('Partner', { idTokenEncryptionRequired: true }, notAccepted('Partner')),
  'encryption-demanded-no-more': change(
    'Sealed',
    { idTokenEncryptionRequired: false, userInfoEncryptionRequired: false },
    notAccepted('Sealed'),
  ),
  'higher-level-of-itsme': change('Itsme', { securityLevel: 'Advanced' }, notAccepted('Itsme')),
  'no-key-for-apple': change('Apple', { signingKeyId: '' }, notSentOn('Apple')),
  'another-key-for-apple': change('Apple', { signingKeyId: 'apple-2027', keyId: 'KEY2' }),
  'another-identity-provider': change('Saml', { idpMetadata: metadata('new.example') }, notAccepted('Saml')),
  'another-name-of-the-provider': change(
    'Saml',
    { idpMetadata: metadata('idp.example').replace('/metadata"', '/other"') },
    notAccepted('Saml'),
  ),
  'another-certificate': change('Saml', { idpMetadata: SAML.idpMetadata.replace(CERTIFICATE, 'MIIBother') }),
  'no-metadata': change('Saml', { idpMetadata: '' }, notSentOn('Saml')),
  'mapping-to-a-lower-level': {
    from: method('Mapped'),
    to: methodWith('Mapped', {}, { authenticationLevel: 2 }),
    after: notAccepted('Mapped'),
  },
  'mapping-to-the-same-level': {
    from: method('Mapped'),
    to: methodWith('Mapped', { authenticationLevelMappings: LEVELS.slice(0, 1) }),
  },
  'higher-level-of-digid': change('DigiD', { requiredAuthenticationLevel: 'High' }, notAccepted('DigiD')),
  'lower-level-of-digid': change('DigiD', { requiredAuthenticationLevel: 'Basic' }),
  'higher-level-of-eidas': change('Eidas', { requiredLevelOfAssurance: 'Substantial' }, notAccepted('Eidas')),
  'no-key-for-eidas': change('Eidas', { encryptionKeyId: '' }, notAccepted('Eidas')),
  'another-key-for-eidas': change('Eidas', { encryptionKeyId: 'eidas-2027' }),
  'no-certificate-of-the-acquirer': change('Idin', { acquirerPublicCertificateId: '' }, notSentOn('Idin')),
  'another-merchant': change('Idin', { merchantId: '9999999999' }, notAccepted('Idin')),
  'another-key-for-idin': change('Idin', { samlCertificatePairId: 'saml' }),
  'networks-that-exclude': {
    from: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.2.0/24'] }),
    to: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['198.51.100.0/24'] }),
    after: notSentOn('Ldap', 403),
  },
  'networks-that-include': {
    from: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.2.0/24'] }),
    to: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.0.0/16'] }),
  },
  'another-directory': change('Ldap', { serverUrls: 'ldaps://elsewhere.example' }, notAccepted('Ldap')),
  'one-server-less': change('Ldap', { serverUrls: 'ldaps://ldap2.acme.example' }),
  'another-branch': change('Ldap', { baseSuffix: 'ou=robots,dc=acme' }, notAccepted('Ldap')),
  'a-wider-branch': change('Ldap', { baseSuffix: 'dc=acme' }),
  'another-template': change(
    'LdapByTemplate',
    { authenticationDnTemplate: 'cn={username},ou=people' },
    notAccepted('LdapByTemplate'),
  ),
  'other-names-only': change('Ldap', { matchPattern: '[a-z]+@acme\\.example' }, notAccepted('Ldap')),
  'sign-in-on-the-device': change('Phone', { mobileAuthenticationType: 'FINGERPRINT' }),
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
      // What people do who got in is tried in uses.test.ts.
      goOn: async () => new Map(),
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

describe('a login that never worked', () => {
  it('is told as one of which a trial says nothing', async () => {
    const project = projectWith(methodWith('Ldap', { matchPattern: '[A-Z]+' }))
    const run = await shadowRun({ base: project, head: project, signal, deadline: signal, goOn: async () => new Map() })
    expect(run.notTried).toContain(
      'logins of customers with an account at Ldap at web failed before the change already: the account at Ldap was not accepted',
    )
  })
})

describe('a login method that the service does not serve', () => {
  it('is said not to be tried', async () => {
    const kerberos = { type: 'Kerberos', displayName: 'Other', enabled: true, authenticationLevel: 1 }
    const project = projectWith({ 'CimLoginMethod/other': kerberos })
    const revisions = { base: { resources: project }, head: { resources: project, diagnostics: [] } }
    const found = { base: 'main', verdict: 'nothing', project: [], environments: [reviewOf(project, project)] } as const
    const { environments } = await withLogins(found, [revisions], { signal })
    const why = 'because the service of this release has no login by it'
    expect(environments[0]?.diagnostics).toContainEqual({
      severity: 'warning',
      code: 'REFUSED',
      message: `CimLoginMethod/cimloginmethodother was not tried, ${why}`,
    })
  })
})
