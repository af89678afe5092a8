import { bool, int, object, text } from '../field.ts'
import { defineKind } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'

/** Contract: onewelcome-cim, schema MobileLogin: part of the login methods unit. */
export const CimMobileLogin = defineKind({
  name: 'CimMobileLogin',
  plural: 'cimmobilelogins',
  shortNames: ['plcimm'],
  description: 'Logging in to OneWelcome CIM with a phone.',
  system: 'OneWelcomeCim',
  operations: ['getLoginMethods', 'getConfiguration', 'updateConfigurationUnits'],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  order: () => CIM_ORDER.dependents,
  references: [],
  deletion: ['Retain'],
  rules: [],
  spec: object(
    {
      optional: {
        enabled: bool('Mobile login is accepted.', { wire: 'enabled' }),
        showUseMobileToLogin: bool('The login page offers it.', {
          wire: 'show_use_mobile_to_login',
        }),
        authenticationType: text('How the phone confirms a login, e.g. OTP.', {
          wire: 'authentication_type',
          maxLength: 128,
        }),
        loginMessage: text('Text on the phone at login.', { wire: 'login_message' }),
        allowedLoginAttempts: int('Failures after which mobile login is locked.', {
          wire: 'allowed_login_attempts',
          minimum: 0,
          safer: 'down',
        }),
        stepUpType: text('How the phone confirms a step-up, e.g. OTP.', {
          wire: 'step_up_type',
          maxLength: 128,
        }),
        stepUpMessage: text('Text on the phone at step-up.', { wire: 'step_up_message' }),
      },
    },
    'Mobile login.',
  ),
})
