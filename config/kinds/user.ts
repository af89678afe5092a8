import { bool, IN_ADDRESS, list, nullable, object, text } from '../field.ts'
import { defineKind, tenantRef } from '../kind.ts'

/** Contract: secrets-vault, schema User. */
export const User = defineKind({
  name: 'User',
  plural: 'users',
  shortNames: ['plu'],
  description:
    'A person of a tenant. People usually arrive by SCIM or sign-up: describe only accounts that have to exist, and set `management: Observe` to leave them to the directory afterwards.',
  system: 'SecretsVault',
  operations: ['createUser', 'getUserByName', 'getUser', 'updateUser', 'listUsers', 'batchDeleteUsers'],
  shape: 'collection',
  scope: 'tenant',
  key: (spec) => spec.username,
  caseless: true,
  renamable: true,
  references: [{ at: '/tenantRef', kind: 'Tenant' }],
  deletion: ['Retain', 'Delete'],
  rules: [],
  spec: object(
    {
      required: {
        tenantRef,
        username: text('Name that the person signs in with; unique in the tenant.', {
          wire: 'username',
          fold: 'lowercase',
          ...IN_ADDRESS,
          minLength: 1,
          maxLength: 128,
        }),
        email: text('E-mail address.', { wire: 'email', format: 'email', maxLength: 254, fold: 'domain' }),
      },
      optional: {
        userId: text('Id in tokens (default: the name of the document).', {
          wire: 'user_id',
          createOnly: true,
          pattern: '^[A-Za-z0-9][A-Za-z0-9_.@-]*$',
          maxLength: 128,
        }),
        disabled: bool('Refuses login, refresh and API keys.', {
          wire: 'is_disabled',
          serverDefault: false,
          safer: 'up',
        }),
        verified: bool('The address is known to belong to the person; without it no reset mail is sent.', {
          wire: 'is_verified',
          serverDefault: false,
          safer: 'down',
        }),
        locale: nullable(
          text('Language of messages, e.g. nl-NL.', { wire: 'locale', maxLength: 35, fold: 'lowercase' }),
        ),
        roles: nullable(
          list(text('A role.', { minLength: 1, maxLength: 128 }), 'Roles of the person.', {
            wire: 'roles',
            maxItems: 100,
            safer: 'fewer',
          }),
        ),
        externalId: nullable(
          text('Id in the directory that provisions the person.', {
            wire: 'external_id',
            minLength: 1,
            maxLength: 256,
          }),
        ),
      },
    },
    'A person.',
  ),
})
