import { beforeAll, describe, expect, it } from 'vitest'
import { LOGIN_TYPES } from '../../config/kinds/cim-login-blocks.ts'
import type { Spec } from '../../config/resource.ts'
import { isFederatedType } from '../../identity/policy/login-methods.ts'
import { settingsByTenant } from '../../review/settings.ts'
import { isForeseen } from '../../shadow/reviewed.ts'
import { type ShadowRun, shadowRun } from '../../shadow/run.ts'
import { projectOf, projectWith, type Settings } from '../review/documents.ts'
import { BLOCKS, CERTIFICATE, LEVELS, metadata, method, methodWith, SAML } from '../review/login-methods.ts'

interface Change {
  readonly from: Settings
  readonly to: Settings
  /** Why customers with the account cannot sign in afterwards; absent: they can. */
  readonly after?: string | ReturnType<typeof expect.stringContaining>
}

const change = (name: string, over: Spec, after?: Change['after']): Change => ({
  from: method(name),
  to: methodWith(name, over),
  ...(after === undefined ? {} : { after }),
})
const notAccepted = (name: string, why: string): string =>
  `the account at ${name} was not accepted (status 401): ${why}`
const notSentOn = (name: string, why: string): string => `nobody is sent on to ${name} (status 401): ${why}`
const notOffered = (name: string): string => `nobody is sent on to ${name} (status 403)`
const unknown = (name: string): string => `nobody here has the account at ${name}`
const WEAK = 'the person has not shown who they are in a way that is strong enough'
const WRONG = 'name or password are wrong there'

const CHANGES: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    Object.keys(BLOCKS).map((name) => [name.toLowerCase(), { from: method(name), to: method(name) }]),
  ),
  ...Object.fromEntries(
    Object.keys(BLOCKS).map((name) => [
      `${name.toLowerCase()}-off`,
      { from: method(name), to: method(name, { enabled: false }), after: notOffered(name) },
    ]),
  ),
  'another-name': { from: method('Partner'), to: method('Partner', { displayName: 'Partners' }) },
  'another-client': change('Partner', { clientId: 'another' }),
  'another-provider': change('Partner', { discoveryUrl: 'https://elsewhere.example' }, unknown('Partner')),
  'another-issuer': change(
    'Partner',
    { issuer: 'https://elsewhere.example' },
    notSentOn('Partner', 'the discovery document names another issuer'),
  ),
  'page-in-plain-text': change(
    'Manual',
    { authorizationUrl: 'http://id.partner.example/authorize' },
    notSentOn('Manual', 'the authorization endpoint is no https address'),
  ),
  'encryption-demanded': change(
    'Partner',
    { idTokenEncryptionRequired: true },
    notAccepted('Partner', 'the ID token is not encrypted'),
  ),
  'encryption-demanded-no-more': change(
    'Sealed',
    { idTokenEncryptionRequired: false, userInfoEncryptionRequired: false },
    notAccepted('Sealed', 'unsupported operation: JWE decryption is not configured'),
  ),
  'higher-level-of-itsme': change(
    'Itsme',
    { securityLevel: 'Advanced' },
    notAccepted('Itsme', 'the login there was not of the advanced level'),
  ),
  'no-key-for-apple': change(
    'Apple',
    { signingKeyId: '' },
    notSentOn('Apple', 'the login method lacks the team, the key id or the signing key'),
  ),
  'another-key-for-apple': change('Apple', { signingKeyId: 'apple-2027', keyId: 'KEY2' }),
  'another-identity-provider': change('Saml', { idpMetadata: metadata('new.example') }, unknown('Saml')),
  'another-name-of-the-provider': change(
    'Saml',
    { idpMetadata: metadata('idp.example').replace('/metadata"', '/other"') },
    notAccepted('Saml', 'the assertion is of another provider'),
  ),
  'another-certificate': change('Saml', { idpMetadata: SAML.idpMetadata.replace(CERTIFICATE, 'MIIBother') }),
  'no-metadata': change(
    'Saml',
    { idpMetadata: '' },
    notSentOn('Saml', 'the login method lacks the metadata of the provider'),
  ),
  'mapping-to-a-lower-level': {
    from: method('Mapped'),
    to: methodWith('Mapped', {}, { authenticationLevel: 2 }),
    after: notAccepted('Mapped', WEAK),
  },
  'mapping-to-the-same-level': {
    from: method('Mapped'),
    to: methodWith('Mapped', { authenticationLevelMappings: LEVELS.slice(0, 1) }),
  },
  'higher-level-of-digid': change('DigiD', { requiredAuthenticationLevel: 'High' }, notAccepted('DigiD', WEAK)),
  'lower-level-of-digid': change('DigiD', { requiredAuthenticationLevel: 'Basic' }),
  'higher-level-of-eidas': change('Eidas', { requiredLevelOfAssurance: 'Substantial' }, notAccepted('Eidas', WEAK)),
  'no-key-for-eidas': change('Eidas', { encryptionKeyId: '' }, expect.stringContaining(notAccepted('Eidas', 'error'))),
  'another-key-for-eidas': change('Eidas', { encryptionKeyId: 'eidas-2027' }),
  'no-certificate-of-the-acquirer': change(
    'Idin',
    { acquirerPublicCertificateId: '' },
    notSentOn('Idin', 'the login method lacks acquirerPublicCertificateId'),
  ),
  'another-merchant': change('Idin', { merchantId: '9999999999' }, unknown('Idin')),
  'another-key-for-idin': change('Idin', { samlCertificatePairId: 'saml' }),
  'networks-that-exclude': {
    from: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.2.0/24'] }),
    to: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['198.51.100.0/24'] }),
    after: notOffered('Ldap'),
  },
  'networks-that-include': {
    from: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.2.0/24'] }),
    to: methodWith('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.0.0/16'] }),
  },
  'another-directory': change(
    'Ldap',
    { serverUrls: 'ldaps://elsewhere.example' },
    'the account at Ldap was not accepted (status 503)',
  ),
  'one-server-less': change('Ldap', { serverUrls: 'ldaps://ldap2.acme.example' }),
  'another-branch': change('Ldap', { baseSuffix: 'ou=robots,dc=acme' }, notAccepted('Ldap', WRONG)),
  'a-wider-branch': change('Ldap', { baseSuffix: 'dc=acme' }),
  'another-template': change(
    'LdapByTemplate',
    { authenticationDnTemplate: 'cn={username},ou=people' },
    notAccepted('LdapByTemplate', WRONG),
  ),
  'other-names-only': change('Ldap', { matchPattern: '[a-z]+@acme\\.example' }, notAccepted('Ldap', WRONG)),
  'no-more-by-itself': change('Kerberos', { autoLoginEnabled: false }),
  'sign-in-on-the-device': change('Phone', { mobileAuthenticationType: 'FINGERPRINT' }),
}

const settingsOf = (which: 'from' | 'to') =>
  Object.fromEntries(Object.entries(CHANGES).map(([name, c]) => [name, c[which]]))
const { signal } = new AbortController()

it('is told by the check of the documents alone where a renamed login method lets people in no longer', () => {
  const after = (more: object) =>
    settingsByTenant(projectOf({ web: method('Partner', { displayName: 'Partners', ...more }) }))
  const before = settingsByTenant(projectOf({ web: method('Partner') }))
  const trial = { tenant: 'web', people: 'customers', enrolled: 'an account at Partner' }
  const foreseen = (more: object) => isForeseen(trial, before.get('web'), after(more).get('web'))
  expect([foreseen({}), foreseen({ enabled: false })]).toEqual([false, true])
})

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

  it('is tried by each type of login method that the service serves', () => {
    const served = Object.keys(LOGIN_TYPES).filter((type) => isFederatedType({ type }))
    expect(new Set(Object.values(BLOCKS).map(({ type }) => type))).toEqual(new Set(served))
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
      'logins of customers with an account at Ldap at web failed before the change already: ' +
        notAccepted('Ldap', WRONG),
    )
  })
})
