import { bool, choice, list, object } from '../field.ts'
import { defineKind } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'

const ATTRIBUTE = { Name: 'NAME', Phone: 'PHONE', BirthDate: 'BIRTH_DATE', Email: 'EMAIL' } as const

const rule = object(
  {
    required: {
      anyOf: list(choice(ATTRIBUTE, 'An attribute.'), 'Attributes of which one is enough.', {
        wire: 'any_of',
        minItems: 1,
        maxItems: 4,
      }),
    },
  },
  'Holds when the person has one of the attributes.',
)

/**
 * Contract: onewelcome-cim, schemas AttributesConfiguration and (version 1) Profile. Two units of the system in one document:
 * what travels under `profile` is the version 1 section `profile`, all else is the unit `attributes`.
 */
export const CimAttributes = defineKind({
  name: 'CimAttributes',
  plural: 'cimattributes',
  shortNames: ['plcima'],
  description: 'What a person of OneWelcome CIM has to supply, what the sign-up form shows and what is verified.',
  system: 'OneWelcomeCim',
  operations: [
    'getAttributes',
    'updateAttributes',
    'getConfiguration',
    'getConfigurationV1',
    'updateConfigurationUnits',
  ],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  order: () => CIM_ORDER.prerequisites,
  references: [],
  deletion: ['Retain'],
  rules: [
    {
      cel: '!has(self.verification) || !has(self.verification.emailRequired) || !self.verification.emailRequired || !has(self.verification.emailEnabled) || self.verification.emailEnabled',
      message: 'a verified e-mail address is required, but addresses cannot be verified: set emailEnabled: true',
      at: '/verification/emailRequired',
    },
    {
      cel: '!has(self.signUpForm) || !has(self.signUpForm.mobileNumberConfirmationEnabled) || !self.signUpForm.mobileNumberConfirmationEnabled || !has(self.signUpForm.mobileNumberEnabled) || self.signUpForm.mobileNumberEnabled',
      message: 'the form asks to confirm a mobile number that it does not ask for: set mobileNumberEnabled: true',
      at: '/signUpForm/mobileNumberConfirmationEnabled',
    },
  ],
  spec: object(
    {
      optional: {
        nameVisibleOnDashboard: bool("The dashboard shows the person's name.", {
          wire: 'name_visible_on_dashboard',
        }),
        personCreation: object(
          {
            optional: {
              firstNameRequired: bool('The first name is needed.', { wire: 'first_name_required' }),
              lastNameRequired: bool('The last name is needed.', { wire: 'last_name_required' }),
              mobileNumberRequired: bool('The mobile number is needed.', { wire: 'mobile_number_required' }),
            },
          },
          'Attributes without which no person is created.',
          { wire: 'person_creation_mandatory_fields' },
        ),
        signUpForm: object(
          {
            optional: {
              mobileNumberEnabled: bool('The form asks for a mobile number.', {
                wire: 'mobile_number_enabled',
              }),
              mobileNumberConfirmationEnabled: bool('The number is typed twice.', {
                wire: 'mobile_number_confirmation_enabled',
              }),
              emailConfirmationEnabled: bool('The e-mail address is typed twice.', {
                wire: 'email_confirmation_enabled',
              }),
            },
          },
          'Extra inputs of the sign-up form.',
          { wire: 'sign_up_form_fields' },
        ),
        verification: object(
          {
            optional: {
              emailEnabled: bool('E-mail addresses can be verified; e-mail step-up follows it.', {
                wire: 'email_enabled',
              }),
              emailRequired: bool('The account is of no use before its address is verified.', {
                wire: 'email_required',
                safer: 'up',
              }),
              mobileNumberEnabled: bool('Mobile numbers can be verified by code.', {
                wire: 'mobile_number_enabled',
              }),
            },
          },
          'Which attributes are verified.',
          { wire: 'verification' },
        ),
        profile: object(
          {
            optional: {
              requiredAttributes: list(rule, 'Rules that a profile has to satisfy, all of them.', {
                wire: 'required_attributes_validation_rules',
                maxItems: 50,
              }),
            },
          },
          'Rules for profiles (version 1 of the configuration).',
          { wire: 'profile' },
        ),
      },
    },
    'Attributes of persons.',
  ),
})
