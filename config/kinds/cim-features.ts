import { bool, choice, int, object, text } from '../field.ts'
import { defineKind } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'

const ACTIVATION = { Email: 'EMAIL', ExternallyDeliveredCode: 'EXTERNALLY_DELIVERED_CODE' } as const
const BY_SCIM =
  'The runtime serves persons by SCIM, by which Plumbline itself writes groups; the rights of API keys close it.'
const NO_STORAGE = 'The runtime keeps no data for applications; the switch is kept for the systems that do.'

const REGEX = { format: 'regex', maxLength: 1024 }
// As 0 means 60, a lower number is not always safer.
const ttlSeconds = int('Seconds a token stays valid; 0 means 60.', { wire: 'ttl', minimum: 0 })
const authenticationLevel = int('Level that a login made with such a token receives.', {
  wire: 'authentication_level',
  minimum: 0,
  safer: 'down',
})
const tokenEnabled = bool('Tokens of this kind are issued and accepted.', { wire: 'enabled', safer: 'down' })

const actionToken = object(
  {
    optional: {
      appToWeb: object(
        { optional: { enabled: tokenEnabled, ttlSeconds, authenticationLevel } },
        'Tokens that carry a login of the app over into a browser.',
        { wire: 'app_to_web' },
      ),
      coupling: object(
        { optional: { enabled: tokenEnabled, ttlSeconds } },
        'Tokens that tie an external identity to an existing person.',
        { wire: 'coupling' },
      ),
      login: object(
        {
          optional: {
            enabled: tokenEnabled,
            ttlSeconds,
            authenticationLevel,
            uiGenerationEnabled: bool('They can be made from the user interface too.', {
              wire: 'ui_generation_enabled',
              safer: 'down',
            }),
          },
        },
        'Tokens that log a person in straight from a link.',
        { wire: 'login' },
      ),
    },
  },
  'The three kinds of action token. Their redirect targets are CimActionTokenUrl documents.',
  { wire: 'action_token' },
)

const personActivation = object(
  {
    optional: {
      enabled: bool('A new person cannot log in before activation.', { wire: 'enabled', safer: 'up' }),
      expirationSeconds: int('Seconds an activation stays valid.', {
        wire: 'expiration_time',
        minimum: 0,
        safer: 'down',
      }),
      type: choice(ACTIVATION, 'How the activation code arrives. Email needs verification.emailEnabled.', {
        wire: 'type',
      }),
      externallyDeliveredCode: object(
        {
          optional: {
            unavailabilitySeconds: int('Seconds after issue in which the code cannot be used yet.', {
              wire: 'unavailability_time',
              minimum: 0,
            }),
            resendMinimumSeconds: int('Fewest seconds between two sendings.', {
              wire: 'resend_code_minimum_period',
              minimum: 0,
              safer: 'up',
            }),
            forceActivationAfterAcceptingInvitation: bool('Invited people need the code too.', {
              wire: 'force_activation_after_accepting_invitation',
              safer: 'up',
            }),
          },
        },
        'Activation with a code that arrives outside the service, e.g. by post.',
        { wire: 'externally_delivered_code' },
      ),
    },
  },
  'Whether and how new persons are activated.',
  { wire: 'person_activation' },
)

const customEmailValidation = object(
  {
    optional: {
      enabled: bool('Both patterns have to match.', { wire: 'enabled', safer: 'up' }),
      beforeAtRegex: text('Pattern of the whole part before the @.', { wire: 'before_at_regex', ...REGEX }),
      afterAtRegex: text('Pattern of the whole domain part.', { wire: 'after_at_regex', ...REGEX }),
    },
  },
  'Extra patterns for e-mail addresses.',
  { wire: 'custom_email_validation' },
)

const invitationVerification = object(
  {
    optional: {
      viaBirthdateEnabled: bool('The date of birth has to match.', { wire: 'via_birthdate_enabled', safer: 'up' }),
      viaSmsEnabled: bool('A code sent by text message is asked for.', { wire: 'via_sms_enabled', safer: 'up' }),
      viaExternallyDeliveredCodeEnabled: bool('A code delivered outside the service is asked for.', {
        wire: 'via_externally_delivered_code_enabled',
        safer: 'up',
      }),
    },
  },
  'Checks that an invited person has to pass, each that is on.',
  { wire: 'invitation_verification_required' },
)

const api = (name: string, wire: string, storedOnly?: string) =>
  bool(`The ${name} API answers.`, { wire, ...(storedOnly === undefined ? {} : { storedOnly }) })

const DELIVERED_CODE = 'self.personActivation.externallyDeliveredCode'
const DELIVERED_CODE_ACTS = [
  `(has(${DELIVERED_CODE}.unavailabilitySeconds) && ${DELIVERED_CODE}.unavailabilitySeconds > 0)`,
  `(has(${DELIVERED_CODE}.resendMinimumSeconds) && ${DELIVERED_CODE}.resendMinimumSeconds > 0)`,
  `(has(${DELIVERED_CODE}.forceActivationAfterAcceptingInvitation) && ${DELIVERED_CODE}.forceActivationAfterAcceptingInvitation)`,
]

/**
 * Contract: onewelcome-cim, schema FeaturesConfiguration: all 31 features. `action_token.whitelisted_urls` is left out,
 * because CimActionTokenUrl owns each of its entries (notes, update semantics).
 */
export const CimFeatures = defineKind({
  name: 'CimFeatures',
  plural: 'cimfeatures',
  shortNames: ['plcimf'],
  description: 'Feature switches of OneWelcome CIM.',
  system: 'OneWelcomeCim',
  operations: ['getFeatures', 'updateFeatures', 'getConfiguration'],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  order: (spec) => (spec.configurationApiEnabled === false ? CIM_ORDER.closing : CIM_ORDER.features),
  references: [],
  deletion: ['Retain'],
  rules: [
    {
      cel: '!has(self.configurationApiEnabled) || self.configurationApiEnabled || (has(self.allowDisablingConfigurationApi) && self.allowDisablingConfigurationApi)',
      message:
        'configurationApiEnabled: false locks Plumbline out and cannot be undone from here; if that is meant, set allowDisablingConfigurationApi: true',
      at: '/configurationApiEnabled',
    },
    {
      // Systems answer with the block in its rest position for every type, so only settings that do something count.
      cel: `!has(self.personActivation) || !has(self.personActivation.externallyDeliveredCode) || !has(self.personActivation.type) || self.personActivation.type == "ExternallyDeliveredCode" || !(${DELIVERED_CODE_ACTS.join(' || ')})`,
      message: 'externallyDeliveredCode belongs to type ExternallyDeliveredCode',
      at: '/personActivation/externallyDeliveredCode',
      forbids: true,
    },
    {
      cel: '!has(self.personActivation) || !has(self.personActivation.expirationSeconds) || (has(self.personActivation.type) && self.personActivation.type != "ExternallyDeliveredCode") || !has(self.personActivation.externallyDeliveredCode) || !has(self.personActivation.externallyDeliveredCode.unavailabilitySeconds) || self.personActivation.externallyDeliveredCode.unavailabilitySeconds < self.personActivation.expirationSeconds',
      message: 'the code would expire before it can be used: unavailabilitySeconds has to be below expirationSeconds',
      at: '/personActivation/externallyDeliveredCode/unavailabilitySeconds',
    },
    {
      cel: '!has(self.smsEnabled) || self.smsEnabled || !has(self.invitationVerification) || !has(self.invitationVerification.viaSmsEnabled) || !self.invitationVerification.viaSmsEnabled',
      message: 'invitations are verified by text message, but smsEnabled is off: nobody could accept one',
      at: '/invitationVerification/viaSmsEnabled',
    },
  ],
  spec: object(
    {
      optional: {
        loginEnabled: bool('People can log in.', { wire: 'login_enabled' }),
        signUpEnabled: bool('People can register themselves.', { wire: 'sign_up_enabled', safer: 'down' }),
        automatedExternalIdentityCouplingEnabled: bool(
          'A matching external identity is coupled unasked, on a verified address only; off: proof of the account is asked for.',
          { wire: 'automated_external_identity_coupling_enabled', safer: 'down' },
        ),
        bindMultipleExternalAccountsWithOneCimAccount: bool('One person may have several external identities.', {
          wire: 'bind_multiple_external_accounts_with_one_cim_account',
        }),
        acceptingInvitationEnabled: bool('Invitations can be accepted.', {
          wire: 'accepting_invitation_enabled',
        }),
        postLoginExtraRegistrationAfterSecondLogin: bool(
          'What a person lacks by CimAttributes is asked for after the second login, not the first.',
          { wire: 'post_login_extra_registration_after_second_login' },
        ),
        actionToken,
        personActivation,
        passwordResetEnabled: bool('A forgotten password can be reset.', { wire: 'password_reset_enabled' }),
        usernameReminderViaSmsEnabled: bool('A forgotten user name is sent by text message.', {
          wire: 'username_reminder_via_sms_enabled',
          safer: 'down',
        }),
        mobileNumberValidationBackendServicesEnabled: bool('Numbers that other services write are validated as well.', {
          wire: 'mobile_number_validation_backend_services_enabled',
        }),
        customEmailValidation,
        migrationEnabled: bool('Accounts of an earlier system can be taken over.', {
          wire: 'migration_enabled',
        }),
        unauthenticatedMigrationEnabled: bool('They can be taken over without a login there.', {
          wire: 'unauthenticated_migration_enabled',
          safer: 'down',
        }),
        personIdentifierInExternalProfileRequiredForMigration: bool('The old profile has to name the person.', {
          wire: 'person_identifier_in_external_profile_required_for_migration',
          safer: 'up',
        }),
        invitationVerification,
        allowSignUpWithoutInvitationValidation: bool('Sign-up may skip the checks of an invitation.', {
          wire: 'allow_sign_up_without_invitation_validation',
          safer: 'down',
        }),
        pinEnabled: bool('A PIN is available for step-up.', { wire: 'pin_enabled' }),
        smsEnabled: bool('Codes by text message are available.', { wire: 'sms_enabled' }),
        googleAuthenticatorEnabled: bool('Codes of an authenticator app are available for step-up.', {
          wire: 'google_authenticator_step_up_authentication_enabled',
        }),
        mobileAuthenticationEnabled: bool('Approval on a registered phone is available.', {
          wire: 'mobile_authentication_enabled',
        }),
        externallyDeliveredCodeEnabled: bool('Codes delivered outside the service are available for step-up.', {
          wire: 'step_up_authentication_method_externally_delivered_code_enabled',
        }),
        cookieBasedSamlAuthentication: bool('The state of a SAML login is kept in a cookie.', {
          wire: 'cookie_based_saml_authentication',
          storedOnly: 'The runtime keeps the state of every login on the server.',
        }),
        personApiEnabled: api('Person', 'person_api_enabled', BY_SCIM),
        credentialsApiEnabled: api('Credentials', 'credentials_api_enabled'),
        configurationApiEnabled: bool('The configuration API, which Plumbline itself uses, answers.', {
          wire: 'configuration_api_enabled',
        }),
        allowDisablingConfigurationApi: bool('Consent to configurationApiEnabled: false.', { local: true }),
        eventsApiEnabled: api('Events', 'events_api_enabled'),
        statisticsApiEnabled: api('Statistics', 'statistics_api_enabled'),
        sessionApiEnabled: api('Session', 'session_api_enabled'),
        storageApiEnabled: api('Storage', 'storage_api_enabled', NO_STORAGE),
        experimentalFeaturesEnabled: bool('Unfinished features can be reached.', {
          wire: 'experimental_features_enabled',
          safer: 'down',
          storedOnly: 'The runtime has no unfinished features behind this switch.',
        }),
      },
    },
    'Feature switches.',
  ),
})
