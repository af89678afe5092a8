import { bool, int, object } from '../field.ts'
import { defineKind } from '../kind.ts'

/** Contract: sailpoint, schema PasswordOrgConfig. */
export const PasswordOrgConfig = defineKind({
  name: 'PasswordOrgConfig',
  plural: 'passwordorgconfigs',
  shortNames: ['poc'],
  description:
    'Custom password instructions and the numeric reset code of a SailPoint organization. One per tenant host.',
  system: 'SailPoint',
  operations: ['getPasswordOrgConfig', 'createPasswordOrgConfig', 'putPasswordOrgConfig'],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  references: [],
  deletion: ['Retain', 'Reset'],
  rules: [],
  spec: object(
    {
      optional: {
        customInstructions: bool('Custom password instructions can be used and are shown.', {
          wire: 'customInstructionsEnabled',
          serverDefault: false,
        }),
        digitToken: object(
          {
            optional: {
              enabled: bool('Numeric reset codes can be issued and redeemed.', {
                wire: 'digitTokenEnabled',
                serverDefault: false,
                safer: 'down',
              }),
              length: int('Number of digits of a reset code.', {
                wire: 'digitTokenLength',
                minimum: 6,
                maximum: 18,
                serverDefault: 6,
                safer: 'up',
              }),
              durationMinutes: int('Minutes a reset code stays valid.', {
                wire: 'digitTokenDurationMinutes',
                minimum: 1,
                maximum: 60,
                serverDefault: 5,
                safer: 'down',
              }),
            },
          },
          'The numeric reset code.',
        ),
      },
    },
    'Password settings of the organization; every field is optional.',
  ),
})
