import type { PolicyDocument, PolicyInputs } from '../../../identity/policy/inputs.ts'

/** Documents of a project, by kind. */
export type Documents = PolicyInputs['documents']

const USER = { username: 'jane', email: 'jane@example.com', verified: false, roles: ['customer'] }
const staff = (nonCustomers: object): Documents => ({
  SecurityConfiguration: { nonCustomers },
  User: { ...USER, verified: true, roles: ['x'] },
})
const digits = (digitToken: object): Documents => ({ PasswordOrgConfig: { digitToken } })
const cim = (kind: keyof Documents, spec: object): Documents => ({ [kind]: spec })

/** Two values of a field, in documents that differ in nothing else: the policy differs. */
export const BITES: Readonly<Record<string, readonly [Documents, Documents]>> = {
  'SecurityConfiguration/customers/hotp': [
    { SecurityConfiguration: { customers: { hotp: true } }, User: { ...USER, verified: true } },
    { SecurityConfiguration: { customers: { hotp: false } }, User: { ...USER, verified: true } },
  ],
  'SecurityConfiguration/customers/requireMfa': [
    { SecurityConfiguration: { customers: { requireMfa: true } }, User: USER },
    { SecurityConfiguration: { customers: { requireMfa: false } }, User: USER },
  ],
  'SecurityConfiguration/nonCustomers/hotp': [staff({ hotp: true }), staff({ hotp: false })],
  'SecurityConfiguration/nonCustomers/requireMfa': [staff({ requireMfa: true }), staff({ requireMfa: false })],
  'SecurityConfiguration/nonCustomers/approvedHotpEmailDomains': [
    staff({ approvedHotpEmailDomains: ['example.com'] }),
    staff({ approvedHotpEmailDomains: [] }),
  ],
  'SecurityConfiguration/passwordExpirationDays': [
    cim('SecurityConfiguration', { passwordExpirationDays: 30 }),
    cim('SecurityConfiguration', { passwordExpirationDays: null }),
  ],
  'PasswordOrgConfig/customInstructions': [
    cim('PasswordOrgConfig', { customInstructions: true }),
    cim('PasswordOrgConfig', {}),
  ],
  'PasswordOrgConfig/digitToken/enabled': [digits({ enabled: true }), digits({ enabled: false })],
  'PasswordOrgConfig/digitToken/length': [digits({ enabled: true, length: 6 }), digits({ enabled: true, length: 9 })],
  'PasswordOrgConfig/digitToken/durationMinutes': [
    digits({ enabled: true, durationMinutes: 5 }),
    digits({ enabled: true, durationMinutes: 9 }),
  ],
  'MfaDefault/type': [cim('MfaDefault', { type: 'Allowed' }), cim('MfaDefault', { type: 'Disallowed' })],
  'MfaAssignment/type': [cim('MfaAssignment', { type: 'Allowed' }), cim('MfaAssignment', { type: 'Disallowed' })],
  ...switches('CimFeatures', [
    'loginEnabled',
    'signUpEnabled',
    'passwordResetEnabled',
    'customEmailValidation/enabled',
    'automatedExternalIdentityCouplingEnabled',
    'googleAuthenticatorEnabled',
    'smsEnabled',
    'usernameReminderViaSmsEnabled',
    'mobileNumberValidationBackendServicesEnabled',
    'externallyDeliveredCodeEnabled',
    'bindMultipleExternalAccountsWithOneCimAccount',
    'acceptingInvitationEnabled',
    'invitationVerification/viaBirthdateEnabled',
    'invitationVerification/viaSmsEnabled',
    'invitationVerification/viaExternallyDeliveredCodeEnabled',
    'allowSignUpWithoutInvitationValidation',
    'migrationEnabled',
    'unauthenticatedMigrationEnabled',
    'personIdentifierInExternalProfileRequiredForMigration',
  ]),
  'CimFeatures/pinEnabled': withLevels({ pinEnabled: true }, { pinEnabled: false }),
  'CimFeatures/mobileAuthenticationEnabled': withLevels(
    { mobileAuthenticationEnabled: true },
    { mobileAuthenticationEnabled: false },
  ),
  'CimFeatures/personActivation/enabled': withUser('CimFeatures', 'personActivation', 'enabled'),
  'CimFeatures/personActivation/expirationSeconds': [
    cim('CimFeatures', { personActivation: { enabled: true, expirationSeconds: 60 } }),
    cim('CimFeatures', { personActivation: { enabled: true, expirationSeconds: 90 } }),
  ],
  ...switches('CimFeatures', [
    'actionToken/appToWeb/enabled',
    'actionToken/coupling/enabled',
    'actionToken/login/enabled',
    'actionToken/login/uiGenerationEnabled',
  ]),
  ...Object.fromEntries(
    [
      'appToWeb/ttlSeconds',
      'appToWeb/authenticationLevel',
      'coupling/ttlSeconds',
      'login/ttlSeconds',
      'login/authenticationLevel',
    ].map((field) => {
      const [kind = '', name = ''] = field.split('/')
      const spec = (value: number) => cim('CimFeatures', { actionToken: { [kind]: { [name]: value } } })
      return [`CimFeatures/actionToken/${field}`, [spec(10), spec(20)] as const]
    }),
  ),
  'CimFeatures/personActivation/type': [
    cim('CimFeatures', { personActivation: { enabled: true, type: 'Email' } }),
    cim('CimFeatures', { personActivation: { enabled: true, type: 'ExternallyDeliveredCode' } }),
  ],
  ...switches('CimFeatures', ['personActivation/externallyDeliveredCode/forceActivationAfterAcceptingInvitation']),
  'CimFeatures/customEmailValidation/beforeAtRegex': patterns({ beforeAtRegex: 'a+' }),
  'CimFeatures/customEmailValidation/afterAtRegex': patterns({ afterAtRegex: 'a+' }),
  ...switches('CimAttributes', [
    'nameVisibleOnDashboard',
    'personCreation/firstNameRequired',
    'personCreation/lastNameRequired',
    'personCreation/mobileNumberRequired',
    'signUpForm/emailConfirmationEnabled',
    'signUpForm/mobileNumberEnabled',
    'signUpForm/mobileNumberConfirmationEnabled',
    'verification/emailEnabled',
    'verification/mobileNumberEnabled',
  ]),
  'CimAttributes/verification/emailRequired': withUser('CimAttributes', 'verification', 'emailRequired'),
  'CimAttributes/profile/requiredAttributes[]/anyOf': [
    cim('CimAttributes', { profile: { requiredAttributes: [{ anyOf: ['Name'] }] } }),
    cim('CimAttributes', { profile: { requiredAttributes: [{ anyOf: ['Email'] }] } }),
  ],
  ...switches('CimLoginMethod', ['enabled']),
  'CimLoginMethod/displayName': [
    cim('CimLoginMethod', { displayName: 'a' }),
    cim('CimLoginMethod', { displayName: 'b' }),
  ],
  'CimLoginMethod/authenticationLevel': numbers('CimLoginMethod', 'authenticationLevel'),
  'CimMobileLogin/enabled': [
    cim('CimMobileLogin', { enabled: true, allowedLoginAttempts: 2 }),
    cim('CimMobileLogin', { enabled: false, allowedLoginAttempts: 2 }),
  ],
  'CimMobileLogin/allowedLoginAttempts': [
    cim('CimMobileLogin', { enabled: true, allowedLoginAttempts: 2 }),
    cim('CimMobileLogin', { enabled: true, allowedLoginAttempts: 3 }),
  ],
  ...Object.fromEntries(
    ['unavailabilitySeconds', 'resendMinimumSeconds'].map((time) => [
      `CimFeatures/personActivation/externallyDeliveredCode/${time}`,
      [1, 2].map((seconds) =>
        cim('CimFeatures', { personActivation: { externallyDeliveredCode: { [time]: seconds } } }),
      ) as unknown as readonly [Documents, Documents],
    ]),
  ),
  'CimMobileLogin/showUseMobileToLogin': mobile({ showUseMobileToLogin: true }),
  'CimMobileLogin/authenticationType': mobile({ authenticationType: 'PUSH' }),
  'CimMobileLogin/loginMessage': mobile({ loginMessage: 'Welcome' }),
  'CimMobileLogin/stepUpType': mobile({ stepUpType: 'PUSH' }),
  'CimMobileLogin/stepUpMessage': mobile({ stepUpMessage: 'Confirm' }),
  'CimStepUp/strategy': [
    cim('CimStepUp', { strategy: 'StrongestAvailable' }),
    cim('CimStepUp', { strategy: 'UserPreference' }),
  ],
  ...Object.fromEntries(
    ['pin', 'sms', 'externallyDeliveredCode', 'email', 'push', 'googleAuthenticator'].map((m) => [
      `CimStepUp/levels/${m}`,
      nested('levels', m, 1, 2),
    ]),
  ),
  ...Object.fromEntries(
    ['default', 'dashboard', 'changeEmail', 'changePassword', 'setUpMethods'].map((a) => [
      `CimStepUp/actions/${a}`,
      nested('actions', a, 1, 2),
    ]),
  ),
  'CimStepUp/actions/allowInitialMethod': nested('actions', 'allowInitialMethod', true, false),
  ...Object.fromEntries(
    ['lowerCaseRequired', 'upperCaseRequired', 'specialCharacterRequired', 'breachedPasswordBlocked'].flatMap((f) =>
      Object.entries(switches('CimPasswordPolicy', [f])),
    ),
  ),
  'CimPasswordPolicy/minLength': numbers('CimPasswordPolicy', 'minLength'),
  'CimPasswordPolicy/maxLength': numbers('CimPasswordPolicy', 'maxLength'),
  'CimUiExtension/loginRedirectEnabled': extension({ loginRedirectEnabled: false }),
  'CimUiExtension/baseUrl': extension({ baseUrl: 'https://other.example.com' }),
  'CimUiExtension/loginPath': extension({ loginPath: '/other' }),
}

/** Fields that something else reads: the test that shows it. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'SecurityConfiguration/organization/id': 'tests/identity/policy/load.test.ts',
  'SecurityConfiguration/customers/bankId': 'tests/identity/federation/bankid.test.ts',
  'SecurityConfiguration/nonCustomers/bankId': 'tests/identity/federation/bankid.test.ts',
  'MfaAssignment/users': 'tests/identity/settings/navixy.test.ts',
  'MfaAssignment/allUsers': 'tests/identity/settings/navixy.test.ts',
  'CimFeatures/configurationApiEnabled': 'tests/identity/settings/cim.test.ts',
  'CimLoginMethod/type': 'tests/identity/policy/load.test.ts',
  ...Object.fromEntries(
    [
      'autoActivationEnabled',
      'autoEmailVerification',
      'synchroniseAttributes',
      'attributeMappings[]/from',
      'attributeMappings[]/to',
      'excludedUnmappedAttributes',
      ...[
        'clientId',
        'manualMetadataSetup',
        'metadataExpirationSeconds',
        'authorizationUrl',
        'tokenUrl',
        'userInfoUrl',
        'jwksUrl',
        'issuer',
        'scopes',
        'claims',
      ].map((field) => `openIdConnect/${field}`),
    ].map((field) => [`CimLoginMethod/${field}`, 'tests/identity/federation/settings.test.ts']),
  ),
  ...Object.fromEntries(
    [
      ...['google', 'linkedIn', 'facebook', 'paypal', 'twitter'].flatMap((b) => [`${b}/clientId`, `${b}/clientSecret`]),
      ...['tenantId', 'policy'].map((field) => `azureAdB2c/${field}`),
      ...['clientId', 'teamId', 'keyId', 'jwksUri', 'signingKeyId', 'scopes'].map(
        (field) => `signInWithApple/${field}`,
      ),
    ].map((field) => [`CimLoginMethod/${field}`, 'tests/identity/federation/vendors.test.ts']),
  ),
  ...Object.fromEntries(
    [
      'serverUrls',
      'baseSuffix',
      'userDistinguishedName',
      'password',
      'authenticationDnTemplate',
      'matchPattern',
      'ipRangeEnabled',
      'ipRanges',
      'attributesToBeFetched',
    ].map((field) => [`CimLoginMethod/ldap/${field}`, 'tests/identity/federation/ldap.test.ts']),
  ),
  'CimLoginMethod/kerberos/autoLoginEnabled': 'tests/identity/federation/kerberos.test.ts',
  ...Object.fromEntries(
    [
      'openIdConnect/clientAuthenticationMethod',
      'openIdConnect/idTokenEncryptionRequired',
      'openIdConnect/userInfoEncryptionRequired',
      'itsme/clientId',
      'itsme/loginServiceCode',
      'itsme/securityLevel',
      'itsme/discoveryUrl',
      'itsme/metadataExpirationSeconds',
      'itsme/scopes',
      'itsme/claims',
    ].map((field) => [`CimLoginMethod/${field}`, 'tests/identity/federation/keys.test.ts']),
  ),
  ...Object.fromEntries(
    [
      ...['authenticationLevelMappings[]/authenticationLevel', 'authenticationLevelMappings[]/contextClass'],
      ...['comparison', 'idpMetadata'],
    ].map((field) => [`CimLoginMethod/saml/${field}`, 'tests/identity/federation/saml.test.ts']),
  ),
  ...Object.fromEntries(
    [
      ...['idpMetadata', 'requiredAuthenticationLevel'].map((field) => `digid/${field}`),
      ...[
        'authenticationService',
        'authenticationServiceCustomValue',
        'encryptionKeyId',
        'entityId',
        'idpMetadata',
        'requiredLevelOfAssurance',
        'signingKeyId',
      ].map((field) => `eidas/${field}`),
    ].map((field) => [`CimLoginMethod/${field}`, 'tests/identity/federation/saml-networks.test.ts']),
  ),
  ...Object.fromEntries(
    [
      'bsnDecryptionKeyId',
      'bsnVerificationPoint',
      'pseudoIdClosingKeyId',
      'pseudoIdDecryptionKeyId',
      'pseudoIdVerificationPoint',
    ].map((field) => [`CimLoginMethod/eidas/${field}`, 'tests/identity/federation/eidas-names.test.ts']),
  ),
  ...Object.fromEntries(
    ['mobileAuthenticationType', 'googlePlayLink', 'appStoreLink', 'deepLinkingEnabled', 'deepLinkingRedirectUrl'].map(
      (field) => [`CimLoginMethod/qrCode/${field}`, 'tests/identity/devices/qr-settings.test.ts'],
    ),
  ),
  'CimLoginMethod/signInWithApple/domainVerificationFileContent': 'tests/identity/federation/apple-association.test.ts',
  ...Object.fromEntries(
    [
      'forceUsernameAndPasswordDuringSignUp',
      'attributeMappings[]/editable',
      ...['customAttributeMappings[]/from', 'customAttributeMappings[]/to'],
      ...['customAttributeFields[]/name', 'customAttributeFields[]/type'],
    ].map((field) => [`CimLoginMethod/${field}`, 'tests/identity/federation/profile.test.ts']),
  ),
  'CimLoginMethod/openIdConnect/frontChannelLogoutEnabled': 'tests/identity/federation/logout.test.ts',
  'CimLoginMethod/openIdConnect/endSessionUrl': 'tests/identity/federation/logout.test.ts',
  'CimLoginMethod/azureAdB2c/frontChannelLogoutEnabled': 'tests/identity/federation/vendors.test.ts',
  'CimLoginMethod/itsme/frontChannelLogoutEnabled': 'tests/identity/federation/keys.test.ts',
  ...Object.fromEntries(
    ['events', 'statistics', 'session', 'credentials'].map((name) => [
      `CimFeatures/${name}ApiEnabled`,
      'tests/identity/people/feature-apis.test.ts',
    ]),
  ),
  'CimFeatures/postLoginExtraRegistrationAfterSecondLogin': 'tests/identity/people/extra-form.test.ts',
  'CimActionTokenUrl/url': 'tests/identity/people/action-tokens.test.ts',
  ...Object.fromEntries(
    [
      ...['directoryUrl', 'transactionUrl', 'statusUrl', 'merchantId', 'subId', 'merchantReturnHostName'],
      ...['acquirerPublicCertificateId', 'merchantCertificatePairId', 'samlCertificatePairId'],
    ].map((field) => [`CimLoginMethod/idin/${field}`, 'tests/identity/federation/idin.test.ts']),
  ),
  'CimLoginMethod/samlMutualTls/clientKeyPairId': 'tests/identity/federation/saml-artifact.test.ts',
  'CimLoginMethod/samlMutualTls/serverCertificateId': 'tests/identity/federation/saml-artifact.test.ts',
  'CimLoginMethod/migrationDuringSignUp': 'tests/identity/federation/people.test.ts',
  'CimLoginMethod/openIdConnect/discoveryUrl': 'tests/identity/federation/browser.test.ts',
  'CimLoginMethod/azureAdB2c/applicationId': 'tests/identity/federation/vendors.ts',
  'CimCustomMessages/locale': 'tests/identity/settings/cim.test.ts',
  'CimCustomMessages/messages': 'tests/identity/pages/defence.test.ts',
  'CimIdentityProvider/providerId': 'tests/identity/settings/cim.test.ts',
  'CimIdentityProvider/displayName': 'tests/identity/settings/cim.test.ts',
  'CimIdentityProvider/type': 'tests/identity/settings/cim.test.ts',
  'CimIdentityProvider/saml/authnContext': 'tests/identity/settings/cim.test.ts',
}

function switches(kind: keyof Documents, fields: readonly string[]): Record<string, readonly [Documents, Documents]> {
  const spec = (field: string, on: boolean) =>
    field.split('/').reduceRight<unknown>((value, step) => ({ [step]: value }), on)
  return Object.fromEntries(
    fields.map((f) => [`${kind}/${f}`, [cim(kind, spec(f, true) as object), cim(kind, spec(f, false) as object)]]),
  )
}
function numbers(kind: keyof Documents, field: string): readonly [Documents, Documents] {
  return [cim(kind, { [field]: 10 }), cim(kind, { [field]: 20 })]
}
function nested(part: string, field: string, a: unknown, b: unknown): readonly [Documents, Documents] {
  return [cim('CimStepUp', { [part]: { [field]: a } }), cim('CimStepUp', { [part]: { [field]: b } })]
}
function withLevels(a: PolicyDocument, b: PolicyDocument): readonly [Documents, Documents] {
  const CimStepUp = { levels: { pin: 2, push: 5 } }
  return [
    { CimStepUp, CimFeatures: a },
    { CimStepUp, CimFeatures: b },
  ]
}
function mobile(more: object): readonly [Documents, Documents] {
  const on = (spec: object): Documents => ({
    CimFeatures: { smsEnabled: true },
    CimMobileLogin: { enabled: true, ...spec },
  })
  return [on({}), on(more)]
}
function withUser(kind: keyof Documents, part: string, field: string): readonly [Documents, Documents] {
  return [
    { [kind]: { [part]: { [field]: true } }, User: USER },
    { [kind]: { [part]: { [field]: false } }, User: USER },
  ]
}
function patterns(more: object): readonly [Documents, Documents] {
  const on = (customEmailValidation: object) =>
    cim('CimFeatures', { customEmailValidation: { enabled: true, ...customEmailValidation } })
  return [on({}), on(more)]
}
function extension(more: object): readonly [Documents, Documents] {
  const spec = { loginRedirectEnabled: true, baseUrl: 'https://pages.example.com', loginPath: '/login' }
  return [cim('CimUiExtension', spec), cim('CimUiExtension', { ...spec, ...more })]
}
