import { int, list, object, secret, text } from '../field.ts'
import { defineKind, type SystemName } from '../kind.ts'

const pigello = object(
  {
    optional: {
      customerId: secret('Accepted customer id.', { wire: 'customer_id' }),
      applicationId: secret('Accepted application id.', { wire: 'application_id' }),
      serviceId: secret('Accepted service id.', { wire: 'service_id' }),
      serviceVersionId: secret('Accepted service version.', { wire: 'service_version_id' }),
      clientCt: secret('Accepted kind of client.', { wire: 'client_ct' }),
      clientEntity: secret('Accepted client object id.', { wire: 'client_entity' }),
      clientSecret: secret('Accepted client secret.', { wire: 'client_secret' }),
    },
  },
  'The seven header values that open its Pigello API.',
  { wire: 'pigello' },
)
const cim = object(
  {
    optional: {
      username: secret('Accepted user name.', { wire: 'username' }),
      password: secret('Accepted password.', { wire: 'password' }),
    },
  },
  'Basic authentication of its CIM API.',
  { wire: 'cim' },
)
const sailpoint = object(
  {
    optional: {
      clientId: secret('Accepted client id.', { wire: 'client_id' }),
      clientSecret: secret('Accepted client secret.', { wire: 'client_secret' }),
    },
  },
  'OAuth client of its SailPoint API.',
  { wire: 'sailpoint' },
)
const navixy = object(
  { optional: { hash: secret('Accepted access hash.', { wire: 'hash' }) } },
  'Access to its Navixy API.',
  { wire: 'navixy' },
)

/** Field of `access` for each system that an organization of the runtime has. */
export const ACCESS_FIELDS: Readonly<Partial<Record<SystemName, string>>> = {
  Pigello: 'pigello',
  OneWelcomeCim: 'cim',
  SailPoint: 'sailpoint',
  Navixy: 'navixy',
}

/** Contract: our own API, docs/contracts/organizations.openapi.yaml. */
export const Organization = defineKind({
  name: 'Organization',
  plural: 'organizations',
  shortNames: ['plorg'],
  description: 'An organization of the runtime: the hub to which tenants and every vendor configuration belong.',
  system: 'SecretsVault',
  operations: ['createOrganization', 'getOrganization', 'updateOrganization', 'deleteOrganization'],
  shape: 'collection',
  scope: 'connection',
  key: (spec, name) => spec.organizationId ?? name,
  references: [],
  deletion: ['Retain', 'Delete'],
  rules: [],
  spec: object(
    {
      optional: {
        organizationId: text('Id in addresses (default: the name of the document).', {
          wire: 'organization_id',
          createOnly: true,
          pattern: '^[a-z0-9-]{1,63}$',
          maxLength: 63,
        }),
        id: text('UUID by which Pigello names the organization; the server makes one when absent.', {
          wire: 'id',
          createOnly: true,
          format: 'uuid',
          maxLength: 36,
        }),
        displayName: text('Name for people.', { wire: 'display_name', maxLength: 256 }),
        access: object(
          { optional: { pigello, cim, sailpoint, navixy } },
          'Credentials that the vendor APIs of this organization accept.',
          { wire: 'access' },
        ),
        navixyUsers: list(
          int('Navixy user id.', { minimum: 1 }),
          'Users whom the Navixy API of the organization knows.',
          {
            wire: 'navixy_users',
            maxItems: 10_000,
          },
        ),
      },
    },
    'An organization.',
  ),
})
