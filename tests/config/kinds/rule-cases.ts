import { LOGIN_TYPES } from '../../../config/kinds/cim-login-blocks.ts'
import { CREDENTIALS } from '../../../config/kinds/connection.ts'
import type { Spec } from '../../../config/resource.ts'

/** A spec that all rules of its kind accept, and a near one that exactly one rule refuses. */
export interface RuleCase {
  readonly kind: string
  readonly says: string
  readonly good: Spec
  readonly bad: Spec
}

const env = { fromEnv: 'X' }
const secrets = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, env]))
const at = (name: string) => ({ name })

const credentialCases: RuleCase[] = Object.entries(CREDENTIALS).map(([system, names]) => {
  const base = { system, endpoint: 'https://x.example', organizationRef: at('acme') }
  return {
    kind: 'Connection',
    says: `${system} takes its own credentials only`,
    good: { ...base, credentials: secrets(names) },
    bad: { ...base, credentials: secrets([...names, names.includes('hash') ? 'apiKey' : 'hash']) },
  }
})

const noCredentialCases: RuleCase[] = [
  {
    kind: 'Connection',
    says: 'only the service in the process of the command line needs no credentials',
    good: { system: 'SecretsVault', endpoint: 'embedded' },
    bad: { system: 'SecretsVault', endpoint: 'https://x.example' },
  },
]

const blockCases: RuleCase[] = Object.entries(LOGIN_TYPES).flatMap(([type, { block }]) =>
  Object.keys(block).map((field) => ({
    kind: 'CimLoginMethod',
    says: `the block ${field} belongs to ${type}`,
    good: { type, displayName: 'x', [field]: {} },
    bad: { type: 'BankId', displayName: 'x', [field]: {} },
  })),
)

const stepUpCases: RuleCase[] = ['default', 'dashboard', 'changeEmail', 'changePassword', 'setUpMethods'].map(
  (action) => ({
    kind: 'CimStepUp',
    says: `a listed method reaches the level of ${action}`,
    good: { levels: { pin: 2, push: 4 }, actions: { [action]: 4 } },
    bad: { levels: { pin: 2, push: 4 }, actions: { [action]: 5 } },
  }),
)

const keyedLists: readonly (readonly [string, string, object])[] = [
  ['attributeMappings', 'to', { from: 'a' }],
  ['customAttributeMappings', 'to', { from: 'a' }],
  ['customAttributeFields', 'name', { type: 'Text' }],
]
const keyCases: RuleCase[] = keyedLists.map(([list, key, item]) => ({
  kind: 'CimLoginMethod',
  says: `${list} has one item per ${key}`,
  good: {
    type: 'BankId',
    displayName: 'x',
    [list]: [
      { ...item, [key]: 'x' },
      { ...item, [key]: 'y' },
    ],
  },
  bad: {
    type: 'BankId',
    displayName: 'x',
    [list]: [
      { ...item, [key]: 'x' },
      { ...item, [key]: 'x' },
    ],
  },
}))

const samlLevels = (second: string) => ({
  authenticationLevelMappings: [
    { contextClass: 'urn:one', authenticationLevel: 1 },
    { contextClass: second, authenticationLevel: 2 },
  ],
})

const oneOff: RuleCase[] = [
  {
    kind: 'CimLoginMethod',
    says: 'a context class has one level',
    good: { type: 'Saml', displayName: 'x', saml: samlLevels('urn:two') },
    bad: { type: 'Saml', displayName: 'x', saml: samlLevels('urn:one') },
  },
  {
    kind: 'Connection',
    says: 'an embedded vendor system names its organization',
    good: { system: 'Navixy', endpoint: 'embedded', credentials: { hash: env }, organizationRef: at('acme') },
    bad: { system: 'Navixy', endpoint: 'embedded', credentials: { hash: env } },
  },
  {
    kind: 'Connection',
    says: 'only SailPoint has a token endpoint',
    good: {
      system: 'SailPoint',
      endpoint: 'https://x.example',
      credentials: secrets(CREDENTIALS.SailPoint),
      tokenUrl: 'https://x.example/oauth/token',
    },
    bad: {
      system: 'SecretsVault',
      endpoint: 'https://x.example',
      credentials: { apiKey: env },
      tokenUrl: 'https://x.example/oauth/token',
    },
  },
  {
    kind: 'Tenant',
    says: 'one way to log in is left',
    good: { pin: { enabled: false }, pattern: { enabled: false }, passkeys: true },
    bad: { pin: { enabled: false }, pattern: { enabled: false }, passkeys: false },
  },
  {
    kind: 'Tenant',
    says: 'two factors need passkeys',
    good: { twoFactor: true, passkeys: true },
    bad: { twoFactor: true, passkeys: false },
  },
  {
    kind: 'Tenant',
    says: 'two factors need a PIN or a pattern',
    good: { twoFactor: true, pin: { enabled: true }, pattern: { enabled: false } },
    bad: { twoFactor: true, pin: { enabled: false }, pattern: { enabled: false } },
  },
  {
    kind: 'Tenant',
    says: 'loginOrder agrees with the PIN step',
    good: { loginOrder: ['Pin'], pin: { enabled: true } },
    bad: { loginOrder: ['Pattern'], pin: { enabled: true } },
  },
  {
    kind: 'Tenant',
    says: 'loginOrder agrees with the pattern step',
    good: { loginOrder: ['Pin', 'Pattern'], pattern: { enabled: true } },
    bad: { loginOrder: ['Pin', 'Pattern'], pattern: { enabled: false } },
  },
  {
    kind: 'Tenant',
    says: 'fewest gestures are not above the most',
    good: { liveness: { stepsMin: 4, stepsMax: 4 } },
    bad: { liveness: { stepsMin: 5, stepsMax: 4 } },
  },
  {
    kind: 'Client',
    says: 'a public client has no secret',
    good: { type: 'Confidential', clientSecret: env },
    bad: { type: 'Public', clientSecret: env },
  },
  {
    kind: 'Client',
    says: 'a secret is made for a confidential client without one',
    good: { type: 'Confidential', writeTo: { file: 'portal.secret' } },
    bad: { clientSecret: env, writeTo: { file: 'portal.secret' } },
  },
  {
    kind: 'Client',
    says: 'no secret is made for a public client',
    good: { writeTo: { secret: { name: 'portal', key: 'secret' } } },
    bad: { type: 'Public', writeTo: { file: 'portal.secret' } },
  },
  {
    kind: 'Client',
    says: 'Microsoft needs RS256',
    good: { signingAlg: 'RS256', flow: { type: 'MicrosoftMfa', issuer: 'https://login.example' } },
    bad: { signingAlg: 'EdDSA', flow: { type: 'MicrosoftMfa', issuer: 'https://login.example' } },
  },
  {
    kind: 'Group',
    says: 'members need managed membership',
    good: { membership: 'Managed', members: ['jane'] },
    bad: { members: ['jane'] },
  },
  {
    kind: 'SecurityConfiguration',
    says: 'customers have a possible second factor',
    good: { customers: { requireMfa: true, bankId: false, hotp: true } },
    bad: { customers: { requireMfa: true, bankId: false, hotp: false } },
  },
  {
    kind: 'SecurityConfiguration',
    says: 'non-customers have a possible second factor',
    good: { nonCustomers: { requireMfa: true, bankId: false, hotp: true, approvedHotpEmailDomains: null } },
    bad: { nonCustomers: { requireMfa: true, bankId: false, hotp: true, approvedHotpEmailDomains: [] } },
  },
  {
    kind: 'CimFeatures',
    says: 'switching the configuration API off needs consent',
    good: { configurationApiEnabled: false, allowDisablingConfigurationApi: true },
    bad: { configurationApiEnabled: false },
  },
  {
    kind: 'CimFeatures',
    says: 'settings of delivered codes belong to that channel',
    good: { personActivation: { type: 'Email', externallyDeliveredCode: { resendMinimumSeconds: 0 } } },
    bad: { personActivation: { type: 'Email', externallyDeliveredCode: { resendMinimumSeconds: 1 } } },
  },
  {
    kind: 'CimFeatures',
    says: 'a code can be used before it expires',
    good: { personActivation: { expirationSeconds: 60, externallyDeliveredCode: { unavailabilitySeconds: 59 } } },
    bad: { personActivation: { expirationSeconds: 60, externallyDeliveredCode: { unavailabilitySeconds: 60 } } },
  },
  {
    kind: 'CimFeatures',
    says: 'invitations by text message need text messages',
    good: { smsEnabled: true, invitationVerification: { viaSmsEnabled: true } },
    bad: { smsEnabled: false, invitationVerification: { viaSmsEnabled: true } },
  },
  {
    kind: 'CimAttributes',
    says: 'a required verified address can be verified',
    good: { verification: { emailRequired: true, emailEnabled: true } },
    bad: { verification: { emailRequired: true, emailEnabled: false } },
  },
  {
    kind: 'CimAttributes',
    says: 'a confirmed number is asked for',
    good: { signUpForm: { mobileNumberConfirmationEnabled: true } },
    bad: { signUpForm: { mobileNumberConfirmationEnabled: true, mobileNumberEnabled: false } },
  },
  {
    kind: 'CimLoginMethod',
    says: 'a custom eIDAS service has an address',
    good: { type: 'Eidas', displayName: 'x', eidas: { authenticationService: 'Production' } },
    bad: { type: 'Eidas', displayName: 'x', eidas: { authenticationService: 'Custom' } },
  },
  {
    kind: 'CimLoginMethod',
    says: 'an address check leaves somebody in',
    good: { type: 'Ldap', displayName: 'x', ldap: { ipRangeEnabled: true, ipRanges: ['10.0.0.0/8'] } },
    bad: { type: 'Ldap', displayName: 'x', ldap: { ipRangeEnabled: true, ipRanges: [] } },
  },
  {
    kind: 'CimUiExtension',
    says: 'a redirect has a target',
    good: { loginRedirectEnabled: true, baseUrl: 'https://ui.example', loginPath: '/login' },
    bad: { loginRedirectEnabled: true, baseUrl: 'https://ui.example' },
  },
  {
    kind: 'CimPasswordPolicy',
    says: 'the shortest password is not above the longest',
    good: { minLength: 12, maxLength: 0 },
    bad: { minLength: 12, maxLength: 11 },
  },
  ...['MfaDefault', 'MfaAssignment'].flatMap((kind) => [
    {
      kind,
      says: 'allowed factors are listed',
      good: { type: 'Allowed', factorTypes: ['Email'], ...(kind === 'MfaDefault' ? {} : { allUsers: true }) },
      bad: { type: 'Allowed', ...(kind === 'MfaDefault' ? {} : { allUsers: true }) },
    },
    {
      kind,
      says: 'disallowed lists no factor',
      good: { type: 'Disallowed', ...(kind === 'MfaDefault' ? {} : { allUsers: true }) },
      bad: { type: 'Disallowed', factorTypes: ['Email'], ...(kind === 'MfaDefault' ? {} : { allUsers: true }) },
    },
  ]),
  {
    kind: 'MfaAssignment',
    says: 'it is for listed users or for all',
    good: { type: 'Disallowed', users: [1] },
    bad: { type: 'Disallowed', users: [1], allUsers: true },
  },
]

export const RULE_CASES: readonly RuleCase[] = [
  ...credentialCases,
  ...noCredentialCases,
  ...blockCases,
  ...stepUpCases,
  ...keyCases,
  ...oneOff,
]
