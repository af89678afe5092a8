import { list, object, text } from '../field.ts'
import { defineKind, tenantRef } from '../kind.ts'
import { writeTo } from './write-to.ts'

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
        writeTo: writeTo('Where the clear value goes. Exactly one place.'),
      },
    },
    'An API key.',
  ),
})
