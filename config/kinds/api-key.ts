import { list, object, text } from '../field.ts'
import { defineKind, tenantRef } from '../kind.ts'

const NAME = { minLength: 1, maxLength: 253 }
const DESTINATIONS = ['secret', 'file'] as const

/** Contract: secrets-vault, schema CreateApiKeyRequest. */
export const ApiKey = defineKind({
  name: 'ApiKey',
  plural: 'apikeys',
  shortNames: ['plkey'],
  description: 'An API key of a tenant. Its clear value is shown once, so it goes straight to where it is used.',
  system: 'SecretsVault',
  operations: ['createTenantApiKey', 'listTenantApiKeys', 'regenerateTenantApiKey', 'deleteTenantApiKey'],
  shape: 'collection',
  scope: 'tenant',
  key: (spec) => spec.displayName,
  references: [{ at: '/tenantRef', kind: 'Tenant' }],
  deletion: ['Retain', 'Delete'],
  produces: '/writeTo',
  rules: [],
  spec: object(
    {
      required: {
        tenantRef,
        displayName: text('Name of the key; unique in the tenant here.', {
          wire: 'name',
          minLength: 1,
          maxLength: 256,
        }),
        scopes: list(
          text('A right, e.g. users:read.', { pattern: '^[a-z][a-z0-9_-]*:(read|write)$', maxLength: 64 }),
          'What the key may do; never more than its creator.',
          { wire: 'scopes', createOnly: true, minItems: 1, maxItems: 50, safer: 'fewer' },
        ),
      },
      optional: {
        writeTo: object(
          {
            optional: {
              secret: object(
                { required: { name: text('Name of the Secret.', NAME), key: text('Key inside it.', NAME) } },
                'A Kubernetes Secret.',
              ),
              file: text('A file, relative to the project, written with mode 0600.', { minLength: 1 }),
            },
          },
          'Where the clear value goes. Exactly one place.',
          { local: true, oneOf: DESTINATIONS.map((place) => ({ required: [place] })) },
        ),
      },
    },
    'An API key.',
  ),
})
