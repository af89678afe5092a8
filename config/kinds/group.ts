import { choice, list, object, text } from '../field.ts'
import { defineKind, tenantRef } from '../kind.ts'

const MEMBERSHIP = { Observed: '', Managed: '' } as const

/** Contract: secrets-vault, SCIM groups (RFC 7643, section 4.2). */
export const Group = defineKind({
  name: 'Group',
  plural: 'groups',
  shortNames: ['plg'],
  description: 'A group of a tenant. Its members usually come from a directory, so they are only read unless asked.',
  system: 'SecretsVault',
  operations: ['createScimGroup', 'listScimGroups', 'getScimGroup', 'patchScimGroup', 'deleteScimGroup'],
  shape: 'collection',
  scope: 'tenant',
  key: (spec) => spec.displayName,
  caseless: true,
  renamable: true,
  references: [{ at: '/tenantRef', kind: 'Tenant' }],
  names: [{ at: '/members', kind: 'User' }],
  deletion: ['Retain', 'Delete'],
  rules: [
    {
      cel: '!has(self.members) || (has(self.membership) && self.membership == "Managed")',
      message: 'members are written only with membership: Managed',
      at: '/members',
      forbids: true,
    },
  ],
  spec: object(
    {
      required: {
        tenantRef,
        displayName: text('Name of the group; unique in the tenant.', {
          wire: 'displayName',
          fold: 'lowercase',
          minLength: 1,
          maxLength: 256,
        }),
      },
      optional: {
        externalId: text('Id in the directory that provisions the group.', {
          wire: 'externalId',
          minLength: 1,
          maxLength: 256,
        }),
        membership: choice(MEMBERSHIP, 'Managed: the members are exactly those listed (default Observed).', {
          local: true,
        }),
        members: list(text('User name.', { minLength: 1, maxLength: 128 }), 'The members, by user name.', {
          wire: 'members',
          fold: 'lowercase',
          maxItems: 10_000,
        }),
      },
    },
    'A group.',
  ),
})
