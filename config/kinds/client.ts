import { bool, choice, list, nullable, object, secret, text, url } from '../field.ts'
import { defineKind, tenantRef } from '../kind.ts'
import { REDIRECT_URI, WEB_PAGE } from './uri.ts'
import { writeTo } from './write-to.ts'

const TYPE = { Public: 'public', Confidential: 'confidential' } as const
const ALGORITHM = { EdDSA: 'EdDSA', RS256: 'RS256' } as const
const AUTH_METHOD = { ClientSecretPost: 'client_secret_post' } as const
const FLOW = { MicrosoftMfa: 'microsoft-mfa' } as const

const page = (description: string, wire: string) => nullable(url(description, { wire, ...WEB_PAGE }))
const redirect = url('https, http on a loopback host, or the private scheme of an app.', REDIRECT_URI)

const flow = object(
  {
    required: {
      type: choice(FLOW, 'MicrosoftMfa: the service is an external authentication method of Microsoft Entra ID.', {
        wire: 'type',
      }),
      issuer: url('Issuer that the hint of the calling service has to name.', { wire: 'issuer', pattern: '^https://' }),
    },
  },
  'Special login flow; null for the usual one.',
  { wire: 'flow' },
)

/** Contract: secrets-vault, schema Client. */
export const Client = defineKind({
  name: 'Client',
  plural: 'clients',
  shortNames: ['plcl'],
  description: 'An application that signs people in through a tenant.',
  system: 'SecretsVault',
  operations: ['createClient', 'listClients', 'updateClient'],
  shape: 'collection',
  scope: 'tenant',
  key: (spec, name) => spec.clientId ?? name,
  references: [{ at: '/tenantRef', kind: 'Tenant' }],
  deletion: ['Retain'],
  produces: '/writeTo',
  rules: [
    {
      cel: '!has(self.type) || self.type != "Public" || !has(self.clientSecret)',
      message: 'a public client has no clientSecret: it proves itself with PKCE',
      at: '/clientSecret',
      forbids: true,
    },
    {
      cel: '!has(self.writeTo) || (!has(self.clientSecret) && (!has(self.type) || self.type != "Public"))',
      message: 'writeTo is for the secret that Plumbline makes: of a confidential client without clientSecret',
      at: '/writeTo',
      forbids: true,
    },
    {
      cel: '!has(self.flow) || self.flow.type != "MicrosoftMfa" || (has(self.signingAlg) && self.signingAlg == "RS256")',
      message: 'the MicrosoftMfa flow needs signingAlg: RS256',
      at: '/signingAlg',
    },
  ],
  spec: object(
    {
      required: {
        tenantRef,
        displayName: text('Name on the login page.', { wire: 'name', minLength: 1, maxLength: 256 }),
      },
      optional: {
        clientId: text('Id that the application sends (default: the name of the document).', {
          wire: 'client_id',
          createOnly: true,
          pattern: '^[A-Za-z0-9][A-Za-z0-9_.~-]*$',
          maxLength: 128,
        }),
        type: choice(TYPE, 'Public clients cannot keep a secret; confidential ones have one.', {
          wire: 'client_type',
          serverDefault: 'Confidential',
          safer: 'up',
        }),
        clientSecret: secret('Secret of a confidential client. The server keeps its hash only.', {
          wire: 'client_secret',
        }),
        writeTo: writeTo(
          'Instead of clientSecret: a secret is made, and goes to exactly one place. Where that place is empty, a new one is made.',
        ),
        tokenEndpointAuthMethod: choice(AUTH_METHOD, 'How the client proves itself at the token endpoint.', {
          wire: 'token_endpoint_auth_method',
          serverDefault: 'ClientSecretPost',
        }),
        signingAlg: choice(ALGORITHM, 'Signature algorithm of the tokens.', {
          wire: 'sing_alg',
          serverDefault: 'EdDSA',
          caveat: {
            value: 'EdDSA',
            says: 'Nimbus, and with it Spring Security, cannot verify it; every OpenID library verifies RS256',
          },
        }),
        redirectUris: list(redirect, 'Where a login may return to.', {
          wire: 'redirect_uris',
          maxItems: 100,
          safer: 'fewer',
        }),
        postLogoutRedirectUris: list(redirect, 'Where a logout may return to.', {
          wire: 'post_logout_redirect_uri',
          maxItems: 100,
          safer: 'fewer',
        }),
        allowedScopes: list(
          text('A scope token (RFC 6749, section 3.3).', {
            pattern: '^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$',
            maxLength: 128,
          }),
          'Scopes that the application may ask for.',
          { wire: 'allowed_scopes', maxItems: 100, safer: 'fewer' },
        ),
        registration: bool('People may sign up here; the tenant has to allow it too.', {
          wire: 'register_enable',
          serverDefault: false,
          safer: 'down',
        }),
        locked: bool('Stops new logins and refreshes; issued access tokens run out.', {
          wire: 'is_lock',
          serverDefault: false,
          safer: 'up',
        }),
        flow: nullable(flow),
        tenantName: nullable(
          text('Name of the tenant as the login page of this client shows it.', {
            wire: 'tenant_name',
            maxLength: 256,
          }),
        ),
        logoUri: page('Logo on the login page.', 'logo_uri'),
        clientUri: page('Home page of the application.', 'client_uri'),
        clientLogoutUri: page('Page of the application that ends its own session.', 'client_logout_uri'),
        policyUrl: page('Privacy policy, linked on the login page.', 'op_policy_url'),
        termsOfServiceUrl: page('Terms of service, linked on the login page.', 'op_tos_url'),
        userAgreementUrl: page('User agreement, linked on the login page.', 'op_user_agreement_url'),
      },
    },
    'Registration of an application.',
  ),
})
