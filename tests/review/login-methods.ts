import type { Spec } from '../../config/resource.ts'
import type { Settings } from './documents.ts'

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
export const CERTIFICATE = 'MIIBnothing'
/** The metadata of an identity provider; the certificate is of a key that nobody here has. */
export const metadata = (host: string, binding = 'HTTP-Redirect', more = ''): string =>
  `<md:EntityDescriptor xmlns:md="${NS}metadata" entityID="https://${host}/metadata"><md:IDPSSODescriptor protocolSupportEnumeration="${NS}protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${CERTIFICATE}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>${more}<md:SingleSignOnService Binding="${NS}bindings:${binding}" Location="https://${host}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
const ARTIFACTS = `<md:ArtifactResolutionService Binding="${NS}bindings:SOAP" index="3" Location="https://idp.example/artifact"/>`
export const SAML = { idpMetadata: metadata('idp.example') }
export const LEVELS = [
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
export const BLOCKS: Readonly<Record<string, Spec>> = {
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
  WithSecret: { type: 'OpenIdConnect', openIdConnect: { ...OPEN_ID, clientAuthenticationMethod: 'ClientSecretBasic' } },
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
  BankId: { type: 'BankId' },
  Kerberos: { type: 'Kerberos', kerberos: { autoLoginEnabled: true } },
  FreshPhone: { type: 'QrCode', qrCode: { mobileAuthenticationType: 'FINGERPRINT' } },
}

/** Where little else is taken, so that few people are there: a password. */
const TENANT = {
  displayName: 'Web',
  pin: { enabled: false },
  pattern: { enabled: false },
  passkeys: true,
  loginOrder: [],
}

/** A tenant with a login method of a name in `BLOCKS`, beside passwords. */
export const method = (name: string, more: Spec = {}): Settings => ({
  Tenant: TENANT,
  'CimLoginMethod/other': { ...BLOCKS[name], displayName: name, enabled: true, authenticationLevel: 1, ...more },
})
/** The same with one block laid over the one that it has. */
export const methodWith = (name: string, over: Spec, more: Spec = {}): Settings => {
  const [block = ''] = Object.keys(BLOCKS[name] ?? {}).filter((field) => field !== 'type')
  return method(name, { [block]: { ...(BLOCKS[name]?.[block] as Spec), ...over }, ...more })
}
