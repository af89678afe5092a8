import { bool, int, object } from '../field.ts'
import { defineKind } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'

/** Contract: onewelcome-cim, schema PasswordPolicy (version 1 section `password_policy`). */
export const CimPasswordPolicy = defineKind({
  name: 'CimPasswordPolicy',
  plural: 'cimpasswordpolicies',
  shortNames: ['plcimp'],
  description: 'Rules for new passwords in OneWelcome CIM. They act when a password is set, not at login.',
  system: 'OneWelcomeCim',
  operations: ['getConfigurationV1', 'updateConfigurationUnits'],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  order: () => CIM_ORDER.prerequisites,
  references: [],
  deletion: ['Retain'],
  rules: [
    {
      cel: '!has(self.minLength) || !has(self.maxLength) || self.maxLength == 0 || self.minLength <= self.maxLength',
      message: 'minLength is above maxLength: no password would be accepted (0 means no bound)',
      at: '/minLength',
    },
  ],
  spec: object(
    {
      optional: {
        minLength: int('Fewest characters; 0 for no bound.', { wire: 'min_length', minimum: 0, safer: 'up' }),
        maxLength: int('Most characters; 0 for no bound.', { wire: 'max_length', minimum: 0 }),
        lowerCaseRequired: bool('A lower-case letter is needed.', { wire: 'lower_case_char_required', safer: 'up' }),
        upperCaseRequired: bool('A capital is needed.', { wire: 'upper_case_char_required', safer: 'up' }),
        specialCharacterRequired: bool('A special character is needed.', {
          wire: 'special_char_required',
          safer: 'up',
        }),
        breachedPasswordBlocked: bool('A password known from a public breach is refused.', {
          wire: 'breached_password_blocked',
          safer: 'up',
        }),
      },
    },
    'Rules for new passwords.',
  ),
})
