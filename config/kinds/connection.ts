import { choice, int, list, object, type Props, secret, text } from '../field.ts'
import { defineKind, organizationRef, type Rule, type SystemName } from '../kind.ts'
import { ENDPOINT, SYSTEM_URL } from './uri.ts'

const ID = { minLength: 1, maxLength: 256 }

const credentials = {
  apiKey: secret('API key of a Secrets Vault administrator or tenant (header X-API-Key).'),
  customerId: secret('Pigello customer (header X-PIGELLO-CUSTOMER-ID).'),
  applicationId: secret('Calling application (header X-PIGELLO-APPLICATION-ID).'),
  serviceId: secret('Calling service (header X-PIGELLO-SERVICE-ID).'),
  serviceVersionId: secret('Version of the calling service (header X-PIGELLO-SERVICE-VERSION-ID).'),
  clientCt: secret('Kind of object that the client is (header X-PIGELLO-CLIENT-CT).'),
  clientEntity: secret('Object id of the client (header X-PIGELLO-CLIENT-ENTITY).'),
  username: secret('User name of a CIM API client.'),
  password: secret('Password of a CIM API client.'),
  clientId: secret('Client id of a SailPoint API client.'),
  clientSecret: secret('Secret of the Pigello or SailPoint client.'),
  hash: secret('Navixy access hash (header Authorization: NVX). It expires, so a source that is read again is best.'),
} satisfies Props

type CredentialName = keyof typeof credentials

/** The credentials of each system: all of them, and no other. */
export const CREDENTIALS: Readonly<Record<SystemName, readonly CredentialName[]>> = {
  SecretsVault: ['apiKey'],
  Pigello: ['customerId', 'applicationId', 'serviceId', 'serviceVersionId', 'clientCt', 'clientEntity', 'clientSecret'],
  OneWelcomeCim: ['username', 'password'],
  SailPoint: ['clientId', 'clientSecret'],
  Navixy: ['hash'],
}

const SYSTEMS = {
  SecretsVault: '',
  Pigello: '',
  OneWelcomeCim: '',
  SailPoint: '',
  Navixy: '',
} as const satisfies Record<SystemName, ''>

function credentialRule(system: SystemName): Rule {
  const own: readonly string[] = CREDENTIALS[system]
  const terms = Object.keys(credentials).map((n) => `${own.includes(n) ? '' : '!'}has(self.credentials.${n})`)
  const given = `has(self.credentials) && ${terms.join(' && ')}`
  const needed =
    system === OWN_SERVICE ? `(self.endpoint == "embedded" && !has(self.credentials)) || (${given})` : given
  return {
    cel: `self.system != "${system}" || (${needed})`,
    message: `a ${system} connection takes exactly these credentials: ${own.join(', ')}`,
    at: '/credentials',
  }
}

/** In its own process the service needs no credentials: whoever has the data folder has its administrator key. */
const OWN_SERVICE: SystemName = 'SecretsVault'

/** Where a system is and how it is reached. It configures Plumbline and is never sent. */
export const Connection = defineKind({
  name: 'Connection',
  plural: 'connections',
  shortNames: ['plconn'],
  description: 'Where a system is, how Plumbline authenticates there, and what it may touch.',
  operations: [],
  shape: 'collection',
  scope: 'connection',
  key: (_spec, name) => name,
  references: [{ at: '/organizationRef', kind: 'Organization' }],
  deletion: [],
  rules: [
    ...(Object.keys(CREDENTIALS) as SystemName[]).map(credentialRule),
    {
      cel: 'self.endpoint != "embedded" || self.system == "SecretsVault" || has(self.organizationRef)',
      message: 'an embedded vendor system belongs to an organization; name it in organizationRef',
      at: '/organizationRef',
    },
    {
      cel: '!has(self.tokenUrl) || self.system == "SailPoint"',
      message: 'only SailPoint connections have a tokenUrl',
      at: '/tokenUrl',
    },
  ],
  spec: object(
    {
      required: {
        system: choice(SYSTEMS, 'Which system it is.'),
        endpoint: text(
          '`embedded` for the runtime in this process, or the base URL of the system (https; http on a loopback host only).',
          ENDPOINT,
        ),
      },
      optional: {
        credentials: object(
          { optional: credentials },
          'How Plumbline authenticates; all values are references. An embedded SecretsVault connection of the command line needs none.',
        ),
        organizationRef,
        rateLimit: object(
          {
            optional: {
              requestsPerSecond: int('Requests per second over time.', { minimum: 1, maximum: 1000 }),
              burst: int('Requests at once after a pause.', { minimum: 1, maximum: 1000 }),
            },
          },
          'How fast Plumbline may call the system.',
        ),
        timeoutSeconds: int('Seconds after which a call counts as lost.', { minimum: 1, maximum: 600 }),
        tokenUrl: text(
          'SailPoint token endpoint (default: the endpoint without /beta, then /oauth/token).',
          SYSTEM_URL,
        ),
        allow: object(
          {
            optional: {
              organizations: list(text('Id of an organization.', ID), 'Organizations that may be touched.'),
              tenants: list(text('Id of a tenant.', ID), 'Tenants that may be touched.'),
            },
          },
          'What documents may touch through this connection; absent means everything.',
        ),
        management: choice({ Full: '', Paused: '' }, 'Paused: nothing behind it is read or written (default Full).'),
      },
    },
    'How one system is reached.',
  ),
})
