import { bool, choice, int, list, object, type Props, secret, text, url } from '../field.ts'
import { federation } from './cim-login-federation.ts'

const AUTH_METHOD = { ClientSecretBasic: 'CLIENT_SECRET_BASIC', PrivateKeyJwt: 'PRIVATE_KEY_JWT' } as const

const frontChannelLogoutEnabled = bool('A logout there ends the login here, and one here goes on there.', {
  wire: 'front_channel_logout_enabled',
  safer: 'up',
})
const name = (description: string) => text(description, { minLength: 1, maxLength: 256 })
const scopes = list(name('A scope.'), 'Scopes that are asked for.', { wire: 'scopes', maxItems: 50 })

/** Contract: schema BaseOAuthAttributes, shared by the five social providers. */
const oauth = (provider: string, wire: string) =>
  object(
    {
      optional: {
        clientId: text(`Client id that ${provider} gave.`, { wire: 'clientId' }),
        clientSecret: secret(`Client secret that ${provider} gave.`, { wire: 'client_secret' }),
      },
    },
    `Client at ${provider}.`,
    { wire },
  )

const azureAdB2c = object(
  {
    optional: {
      tenantId: text('B2C tenant.', { wire: 'tenant_id', maxLength: 256 }),
      applicationId: text('Client id of the application registered there.', { wire: 'application_id', maxLength: 256 }),
      policy: text('User flow to run.', { wire: 'policy', maxLength: 256 }),
      frontChannelLogoutEnabled,
    },
  },
  'An Azure AD B2C tenant.',
  { wire: 'azure_ad_b2c_attributes' },
)

const kerberos = object(
  {
    optional: {
      autoLoginEnabled: bool('The browser is logged in without a prompt where it has a ticket.', {
        wire: 'auto_login_enabled',
      }),
    },
  },
  'Kerberos.',
  { wire: 'kerberos_attributes' },
)

const ldap = object(
  {
    optional: {
      serverUrls: text(
        'Addresses of the directory (ldaps:// or ldap://), in one text, with blanks or commas between.',
        { wire: 'server_urls', maxLength: 2048 },
      ),
      baseSuffix: text('Where the search begins.', { wire: 'base_suffix' }),
      userDistinguishedName: text('Name with which the service binds.', { wire: 'user_distinguished_name' }),
      password: secret('Password with which the service binds.', { wire: 'password' }),
      authenticationDnTemplate: text(
        'Turns a user name into the name to bind with: `{username}`, `{0}` or `%s` stands for it.',
        {
          wire: 'authentication_dn_template',
        },
      ),
      matchPattern: text('User names that this directory is tried for.', {
        wire: 'match_pattern',
        format: 'regex',
      }),
      ipRangeEnabled: bool('Only callers from ipRanges can use it.', { wire: 'ip_range_enabled', safer: 'up' }),
      ipRanges: list(text('An address range, e.g. 10.0.0.0/8.', { minLength: 1, maxLength: 128 }), 'Allowed callers.', {
        wire: 'ip_ranges',
        maxItems: 100,
        safer: 'fewer',
      }),
      attributesToBeFetched: list(name('An attribute.'), 'Attributes to read.', {
        wire: 'attributes_to_be_fetched',
        maxItems: 200,
      }),
    },
  },
  'An LDAP directory.',
  { wire: 'ladp_attributes' },
)

const METADATA: Props = {
  manualMetadataSetup: bool('The addresses below are used; off: discoveryUrl is.', { wire: 'manual_metadata_setup' }),
  discoveryUrl: url('OpenID discovery document.', { wire: 'discovery_url' }),
  metadataExpirationSeconds: int('Seconds for which discovered metadata is kept.', {
    wire: 'metadata_expiration_time_in_seconds',
    minimum: 0,
  }),
  authorizationUrl: url('Authorization endpoint.', { wire: 'authorization_url' }),
  tokenUrl: url('Token endpoint.', { wire: 'id_token_url' }),
  userInfoUrl: url('User-info endpoint.', { wire: 'user_info_url' }),
  jwksUrl: url('Key set.', { wire: 'jwks_url' }),
  issuer: url('Issuer that tokens have to name.', { wire: 'issuer' }),
  endSessionUrl: url('Logout endpoint, to which a logout here goes on with frontChannelLogoutEnabled.', {
    wire: 'end_session_url',
  }),
}

const openIdConnect = object(
  {
    optional: {
      clientAuthenticationMethod: choice(
        AUTH_METHOD,
        'How the client proves itself. The contract has no field for a client secret, so with ClientSecretBasic it is set elsewhere.',
        { wire: 'client_authentication_method', safer: 'up' },
      ),
      clientId: text('Client id at the provider.', { wire: 'client_id' }),
      ...METADATA,
      frontChannelLogoutEnabled,
      scopes,
      claims: list(name('A claim.'), 'Claims that are asked for.', { wire: 'claims', maxItems: 100 }),
      idTokenEncryptionRequired: bool('ID tokens that are not encrypted are refused.', {
        wire: 'id_token_encryption_required',
        safer: 'up',
      }),
      userInfoEncryptionRequired: bool('User-info answers that are not encrypted are refused.', {
        wire: 'user_info_encryption_required',
        safer: 'up',
      }),
    },
  },
  'An OpenID Connect provider.',
  { wire: 'open_id_connect_attributes' },
)

const qrCode = object(
  {
    optional: {
      mobileAuthenticationType: text(
        'Authentication that the device performs: none or PUSH takes its session, any other word a fresh sign-in there.',
        {
          wire: 'mobile_authentication_type',
          maxLength: 128,
        },
      ),
      googlePlayLink: url('Android app, offered beside the picture.', { wire: 'google_play_link' }),
      appStoreLink: url('iOS app, offered beside the picture.', { wire: 'app_store_link' }),
      deepLinkingEnabled: bool('A browser on the phone gets a link in place of the picture, which opens the app.', {
        wire: 'deep_linking_enabled',
      }),
      deepLinkingRedirectUrl: url('Where the device returns to after an approval by the link.', {
        wire: 'deep_linking_redirect_url',
      }),
    },
  },
  'Login by QR code.',
  { wire: 'qr_code_attributes' },
)

const apple = object(
  {
    optional: {
      clientId: text('Services id.', { wire: 'client_id', maxLength: 256 }),
      teamId: text('Team id.', { wire: 'team_id', maxLength: 64 }),
      keyId: text('Id of the signing key at Apple.', { wire: 'key_id', maxLength: 64 }),
      jwksUri: url('Key set of Apple.', { wire: 'jwks_uri' }),
      domainVerificationFileContent: text(
        'Content of the domain association file to serve: below each tenant, and at the root where there is one organization.',
        {
          wire: 'domain_verification_file_content',
          maxLength: 65_536,
        },
      ),
      signingKeyId: text('Signing key: name of a keystore entry, never key material.', {
        wire: 'signing_key_id',
        maxLength: 256,
      }),
      scopes,
    },
  },
  'Sign in with Apple.',
  { wire: 'sign_in_with_apple_attributes' },
)

/** Contract: schema LoginMethod, `x-block-per-type`: each type's value on the wire and the one block that belongs to it. */
export const LOGIN_TYPES = {
  AzureAdB2c: { wire: 'AZURE_AD_B2C', block: { azureAdB2c } },
  BankId: { wire: 'BANK_ID', block: {} },
  DigiD: { wire: 'DIGID', block: { digid: federation.digid } },
  Eidas: { wire: 'EIDAS', block: { eidas: federation.eidas } },
  Facebook: { wire: 'FACEBOOK', block: { facebook: oauth('Facebook', 'facebook_attributes') } },
  Google: { wire: 'GOOGLE', block: { google: oauth('Google', 'google_attributes') } },
  Idin: { wire: 'IDIN', block: { idin: federation.idin } },
  Itsme: { wire: 'ITSME', block: { itsme: federation.itsme } },
  Kerberos: { wire: 'KERBEROS', block: { kerberos } },
  Ldap: { wire: 'LDAP', block: { ldap } },
  LinkedIn: { wire: 'LINKEDIN', block: { linkedIn: oauth('LinkedIn', 'linkedin_attributes') } },
  OpenIdConnect: { wire: 'OPEN_ID_CONNECT', block: { openIdConnect } },
  Paypal: { wire: 'PAYPAL', block: { paypal: oauth('PayPal', 'paypal_attributes') } },
  QrCode: { wire: 'QR_CODE', block: { qrCode } },
  Saml: { wire: 'SAML', block: { saml: federation.saml } },
  SignInWithApple: { wire: 'SIGN_IN_WITH_APPLE', block: { signInWithApple: apple } },
  Twitter: { wire: 'TWITTER', block: { twitter: oauth('Twitter', 'twitter_attributes') } },
  UsernameAndPassword: { wire: 'USERNAME_AND_PASSWORD', block: {} },
} as const satisfies Readonly<Record<string, { readonly wire: string; readonly block: Props }>>
