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
const NS = 'urn:oasis:names:tc:SAML:2.0:'
const CERTIFICATE = 'MIIBnothing'
/** The metadata of an identity provider; the certificate is of a key that nobody here has. */
const metadata = (host: string, binding = 'HTTP-Redirect', more = ''): string =>
  `<md:EntityDescriptor xmlns:md="${NS}metadata" entityID="https://${host}/metadata"><md:IDPSSODescriptor protocolSupportEnumeration="${NS}protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${CERTIFICATE}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>${more}<md:SingleSignOnService Binding="${NS}bindings:${binding}" Location="https://${host}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
const ARTIFACTS = `<md:ArtifactResolutionService Binding="${NS}bindings:SOAP" index="3" Location="https://idp.example/artifact"/>`
const SAML = { idpMetadata: metadata('idp.example') }
const LEVELS = [
  { contextClass: `${NS}ac:classes:Password`, authenticationLevel: 1 },
  { contextClass: `${NS}ac:classes:Smartcard`, authenticationLevel: 2 },
]
const EIDAS = {
  ...SAML,
  requiredLevelOfAssurance: 'Low',
  entityId: 'https://service.example/eidas',
  signingKeyId: 'eidas-signing',
  encryptionKeyId: 'eidas-encryption',
}
const IDIN = {
  directoryUrl: 'https://acquirer.example/directory',
  transactionUrl: 'https://acquirer.example/transaction',
  statusUrl: 'https://acquirer.example/status',
  merchantId: '1234567890',
  acquirerPublicCertificateId: 'acquirer',
  merchantCertificatePairId: 'merchant',
}
const APPLE = { clientId: 'com.acme.web', teamId: 'TEAM', keyId: 'KEY', signingKeyId: 'apple' }
const ITSME = { clientId: 'shop', loginServiceCode: 'SHOP_LOGIN', securityLevel: 'Basic' }
const LDAP = {
  serverUrls: 'ldaps://ldap.acme.example ldaps://ldap2.acme.example',
  baseSuffix: 'ou=people,dc=acme',
  userDistinguishedName: 'cn=service,dc=acme',
  password: { fromEnv: 'X' },
}
const BY_TEMPLATE = { serverUrls: 'ldap://ldap.acme.example', authenticationDnTemplate: 'uid={username},ou=people' }

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
  Apple: { type: 'SignInWithApple', signInWithApple: APPLE },
  Itsme: { type: 'Itsme', itsme: ITSME },
  Partner: { type: 'OpenIdConnect', openIdConnect: OPEN_ID },
  Manual: { type: 'OpenIdConnect', openIdConnect: MANUAL },
  Sealed: {
    type: 'OpenIdConnect',
    openIdConnect: { ...OPEN_ID, idTokenEncryptionRequired: true, userInfoEncryptionRequired: true },
  },
  Saml: { type: 'Saml', saml: SAML },
  SamlByForm: { type: 'Saml', saml: { idpMetadata: metadata('form.example', 'HTTP-POST') } },
  SamlByArtifact: {
    type: 'Saml',
    saml: { idpMetadata: metadata('idp.example', 'HTTP-Redirect', ARTIFACTS) },
    samlMutualTls: { clientKeyPairId: 'client', serverCertificateId: 'server' },
  },
  Mapped: { type: 'Saml', saml: { ...SAML, authenticationLevelMappings: LEVELS } },
  DigiD: { type: 'DigiD', digid: { ...SAML, requiredAuthenticationLevel: 'Middle' } },
  Eidas: { type: 'Eidas', eidas: EIDAS },
  Idin: { type: 'Idin', idin: IDIN },
  Ldap: { type: 'Ldap', ldap: LDAP },
  LdapByTemplate: { type: 'Ldap', ldap: BY_TEMPLATE },
  Phone: { type: 'QrCode', qrCode: {} },
  FreshPhone: { type: 'QrCode', qrCode: { mobileAuthenticationType: 'FINGERPRINT' } },
}
const method = (name: string, more: Spec = {}): Settings => ({
  'CimLoginMethod/other': { ...BLOCKS[name], displayName: name, enabled: true, authenticationLevel: 1, ...more },
})
/** The same with one block laid over the one that it has. */
const with_ = (name: string, over: Spec, more: Spec = {}): Settings => {
  const [block = ''] = Object.keys(BLOCKS[name] ?? {}).filter((field) => field !== 'type')
  return method(name, { [block]: { ...(BLOCKS[name]?.[block] as Spec), ...over }, ...more })
}

interface Change {
  readonly from: Settings
  readonly to: Settings
  /** Why customers with the account cannot sign in afterwards; absent: they can. */
  readonly after?: string
}

const change = (name: string, over: Spec, after?: string): Change => ({
  from: method(name),
  to: with_(name, over),
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
    to: with_('Mapped', {}, { authenticationLevel: 2 }),
    after: notAccepted('Mapped'),
  },
  'mapping-to-the-same-level': {
    from: method('Mapped'),
    to: with_('Mapped', { authenticationLevelMappings: LEVELS.slice(0, 1) }),
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
    from: with_('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.2.0/24'] }),
    to: with_('Ldap', { ipRangeEnabled: true, ipRanges: ['198.51.100.0/24'] }),
    after: notSentOn('Ldap', 403),
  },
  'networks-that-include': {
    from: with_('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.2.0/24'] }),
    to: with_('Ldap', { ipRangeEnabled: true, ipRanges: ['192.0.0.0/16'] }),
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
