import { Secret } from '../../reconciler/secret.ts'
import type { AdapterCase } from '../conformance/adapter.ts'

const SINGLETON = {
  absent: 'the unit is always there',
  delete: 'the contract has no operation that deletes it',
} as const
const KEEPS = 'the contract has no operation that deletes it'

/** Every kind that is written, with specs that show its semantics. */
export const CASES: readonly AdapterCase[] = [
  {
    kind: 'Organization',
    key: 'acme',
    desired: {
      displayName: 'Acme',
      access: { cim: { username: new Secret('planted-name'), password: new Secret('planted-word') } },
    },
    changed: { displayName: 'Acme Housing', navixyUsers: [4, 5] },
  },
  {
    kind: 'Tenant',
    key: 'acme-web',
    desired: { displayName: 'Acme', pin: { size: 8, showWhenTyping: false }, lockout: { ipAttempts: 3 } },
    changed: { pin: { size: 10 }, lockout: { userAttempts: 9 } },
    skips: { delete: KEEPS },
  },
  {
    kind: 'Client',
    key: 'portal',
    desired: {
      displayName: 'Portal',
      redirectUris: ['https://portal.example/callback'],
      clientSecret: new Secret('planted-client-secret'),
    },
    changed: { displayName: 'The portal', locked: true },
    skips: { delete: KEEPS },
  },
  {
    kind: 'User',
    key: 'jill',
    desired: { username: 'jill', email: 'jill@example.com', userId: 'jill-1', roles: ['reader'] },
    changed: { email: 'jill@example.org', disabled: true },
  },
  {
    kind: 'Group',
    key: 'Caretakers',
    desired: { displayName: 'Caretakers', membership: 'Managed', members: ['jane'] },
    changed: { externalId: 'ext-1', members: ['jane', 'joe'] },
  },
  {
    kind: 'ApiKey',
    key: 'CI',
    desired: { displayName: 'CI', scopes: ['users:read'] },
    changed: {},
    skips: { update: 'name and scopes are set at creation' },
  },
  {
    kind: 'SecurityConfiguration',
    key: '',
    desired: {
      organization: null,
      customers: { bankId: true, requireMfa: true },
      passwordExpirationDays: 90,
      nonCustomers: { hotp: true, approvedHotpEmailDomains: ['example.com'] },
    },
    changed: {
      customers: { hotp: true },
      passwordExpirationDays: null,
      nonCustomers: { approvedHotpEmailDomains: [] },
    },
    skips: {
      createAgain: 'a second one is a CONFLICT, as it is found by its id only; see the Pigello tests',
      delete: KEEPS,
      list: 'the contract has no list',
    },
  },
  {
    kind: 'PasswordOrgConfig',
    key: '',
    desired: { customInstructions: true, digitToken: { enabled: true, length: 9 } },
    changed: { digitToken: { length: 12 } },
    skips: { ...SINGLETON, delete: 'deleting resets it to its defaults; see the SailPoint tests' },
  },
  {
    kind: 'MfaDefault',
    key: '',
    desired: { type: 'Allowed', factorTypes: ['Email'] },
    changed: { type: 'Allowed', factorTypes: ['Email'] },
    skips: { delete: KEEPS },
  },
  {
    kind: 'CimFeatures',
    key: '',
    desired: { signUpEnabled: true, actionToken: { login: { enabled: true, ttlSeconds: 90 } } },
    changed: { actionToken: { login: { ttlSeconds: 30 } } },
    skips: SINGLETON,
  },
  {
    kind: 'CimAttributes',
    key: '',
    desired: { verification: { emailEnabled: true }, profile: { requiredAttributes: [{ anyOf: ['Email', 'Phone'] }] } },
    changed: { verification: { emailRequired: true }, profile: { requiredAttributes: [{ anyOf: ['Name'] }] } },
    skips: SINGLETON,
  },
  {
    kind: 'CimLoginMethod',
    key: 'Facebook/Friends',
    desired: {
      type: 'Facebook',
      displayName: 'Friends',
      enabled: true,
      authenticationLevel: 1,
      facebook: { clientId: 'app', clientSecret: new Secret('planted-facebook') },
      attributeMappings: [
        { from: 'mail', to: 'email', editable: false },
        { from: 'given', to: 'first_name', editable: true },
      ],
    },
    changed: { enabled: false, attributeMappings: [{ from: 'email', to: 'email', editable: false }] },
  },
  {
    kind: 'CimMobileLogin',
    key: '',
    desired: { enabled: true, allowedLoginAttempts: 4 },
    changed: { allowedLoginAttempts: 3 },
    skips: SINGLETON,
  },
  {
    kind: 'CimStepUp',
    key: '',
    desired: { strategy: 'StrongestAvailable', levels: { pin: 2, sms: 3 } },
    changed: { levels: { sms: 4 } },
    skips: SINGLETON,
  },
  {
    kind: 'CimUiExtension',
    key: '',
    desired: { baseUrl: 'https://login.example.com', loginPath: '/sign-in', loginRedirectEnabled: true },
    changed: { loginPath: '/login' },
    skips: SINGLETON,
  },
  {
    kind: 'CimCustomMessages',
    key: 'nl_NL',
    desired: { locale: 'nl_NL', messages: { 'login.title': 'Welkom', 'login.button': 'Verder' } },
    changed: { messages: { 'login.title': 'Dag', 'login.button': null } },
    skips: {
      absent: 'every locale is there, most without texts of their own',
      delete: 'every locale is there; deleting removes its texts, see the CIM tests',
    },
  },
  {
    kind: 'CimActionTokenUrl',
    key: 'https://app.example/callback',
    desired: { url: 'https://app.example/callback' },
    changed: {},
    skips: { update: 'a URL is added and deleted, never changed' },
  },
  {
    kind: 'CimPasswordPolicy',
    key: '',
    desired: { minLength: 12, specialCharacterRequired: true },
    changed: { minLength: 14 },
    skips: SINGLETON,
  },
  {
    kind: 'CimIdentityProvider',
    key: 'anything',
    desired: {},
    changed: {},
    skips: {
      create: 'it can only be observed',
      createAgain: 'it can only be observed',
      update: 'it can only be observed',
      delete: 'it can only be observed',
      list: 'it can only be observed; the list is in the CIM tests',
    },
  },
  {
    kind: 'MfaAssignment',
    key: 'all-staff',
    desired: { type: 'Disallowed', allUsers: true },
    changed: { type: 'Allowed', factorTypes: ['Email'], allUsers: true },
    skips: {
      absent: 'the system never returns it, so it counts as there',
      update: 'the system never returns it; what is sent is in the Navixy tests',
      list: 'the system never returns it',
      delete: KEEPS,
    },
  },
]
