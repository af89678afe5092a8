import { bool, int, list, object } from '../field.ts'
import { defineKind } from '../kind.ts'
import { MFA_RULES, mfaSettings } from './mfa.ts'

const settings = mfaSettings({ unreadable: true })

/**
 * Contract: navixy, schema UpdateUserMfaSettingsRequest. `users` and `allUsers` travel in `target`, the rest in `settings`:
 * the flat document is what people write, so the adapter wraps the two parts.
 */
export const MfaAssignment = defineKind({
  name: 'MfaAssignment',
  plural: 'mfaassignments',
  shortNames: ['plmfaa'],
  description:
    'Second-factor settings of listed users, or of all users, of a Navixy dealer. The system never returns them, so drift cannot be seen.',
  system: 'Navixy',
  operations: ['updateUserMfaSettings'],
  shape: 'collection',
  scope: 'connection',
  key: (_spec, name) => name,
  // Exceptions are written after the rule for everyone, or the rule would overwrite them.
  order: (spec) => (spec.allUsers ? 1 : 2),
  overwrites: (spec) => spec.allUsers === true,
  // A user has one setting.
  exclusive: (spec) => (spec.allUsers ? ['all users'] : (spec.users ?? []).map((user) => `user ${user}`)),
  references: [],
  deletion: ['Retain'],
  rules: [
    ...MFA_RULES,
    {
      cel: 'has(self.users) != has(self.allUsers)',
      message: 'name either users or allUsers: true',
      at: '',
    },
  ],
  spec: object(
    {
      required: settings.required,
      optional: {
        ...settings.optional,
        users: list(int('User id.', { minimum: 1 }), 'The users; they exist already.', {
          wire: 'ids',
          minItems: 1,
          maxItems: 10_000,
          unreadable: true,
        }),
        allUsers: bool('Every user that exists when it is applied.', { wire: 'all', enum: [true], unreadable: true }),
      },
    },
    'Second-factor settings of users.',
  ),
})
