import { bool, choice, int, object, type Props } from '../field.ts'
import { defineKind, type Rule } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'

const STRATEGY = { UserPreference: 'USER_PREFERENCE', StrongestAvailable: 'STRONGEST_AVAILABLE' } as const

const yields = (method: string, wire: string) =>
  int(`Level that ${method} yields.`, { wire: `${wire}_authentication_level`, minimum: 0, safer: 'down' })
const demands = (action: string, wire: string) =>
  int(`Level that ${action} demands.`, { wire, minimum: 0, safer: 'up' })

const levels = {
  pin: yields('a PIN', 'pin'),
  sms: yields('a code by text message', 'sms'),
  email: yields('a code by e-mail', 'email'),
  googleAuthenticator: yields('a code of an authenticator app', 'google_authenticator'),
  push: yields('approval on a phone', 'push'),
  externallyDeliveredCode: yields('a code delivered outside the service', 'externally_delivered_code'),
} satisfies Props

const demanded = {
  default: demands('a step-up that names no level', 'default_step_up_authentication_level'),
  dashboard: demands('opening the dashboard', 'dashboard_step_up_authentication_level'),
  changeEmail: demands('a change of the e-mail address', 'change_email_authentication_level'),
  changePassword: demands('a change of the password', 'change_password_authentication_level'),
  setUpMethods: demands('adding or changing step-up methods', 'setup_step_up_methods_authentication_level'),
} satisfies Props

/** A level of 0 asks for nothing; without `levels` the system's own are unknown here. */
function reachable(action: string): Rule {
  const demand = `self.actions.${action}`
  const methods = Object.keys(levels).map((m) => `(has(self.levels.${m}) && self.levels.${m} >= ${demand})`)
  return {
    cel: `!has(self.levels) || !has(self.actions) || !has(${demand}) || ${demand} == 0 || ${methods.join(' || ')}`,
    message: `no method under levels reaches the level that ${action} demands`,
    at: `/actions/${action}`,
  }
}

/** Contract: onewelcome-cim, schema StepUpConfiguration. */
export const CimStepUp = defineKind({
  name: 'CimStepUp',
  plural: 'cimstepups',
  shortNames: ['plcims'],
  description: 'Step-up of OneWelcome CIM: the level that each method yields and each action demands.',
  system: 'OneWelcomeCim',
  operations: ['getStepUp', 'updateStepUp', 'getConfiguration'],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  order: () => CIM_ORDER.dependents,
  references: [],
  deletion: ['Retain'],
  rules: Object.keys(demanded).map(reachable),
  spec: object(
    {
      optional: {
        strategy: choice(STRATEGY, 'Which of several sufficient methods is used.', { wire: 'stategy' }),
        levels: object({ optional: levels }, 'Level that each method yields; higher is stronger.', {
          wire: 'authentication_methods',
        }),
        actions: object(
          {
            optional: {
              ...demanded,
              allowInitialMethod: bool('The first method can be enrolled without a step-up.', {
                wire: 'allow_set_initial_step_up_method_enabled',
                safer: 'down',
              }),
            },
          },
          'Level that each action demands.',
          { wire: 'actions' },
        ),
      },
    },
    'Step-up authentication.',
  ),
})
