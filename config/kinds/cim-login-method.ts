import { bool, choice, int, list, object, type Props, text } from '../field.ts'
import { defineKind, type Rule, uniqueBy } from '../kind.ts'
import { LOGIN_TYPES } from './cim-login-blocks.ts'
import { CIM_ORDER } from './cim-order.ts'

type TypeName = keyof typeof LOGIN_TYPES

const TYPE = Object.fromEntries(Object.entries(LOGIN_TYPES).map(([name, { wire }]) => [name, wire])) as {
  readonly [T in TypeName]: (typeof LOGIN_TYPES)[T]['wire']
}
const FIELD_TYPE = { Text: 'TEXT', Number: 'NUMBER', Checkbox: 'CHECKBOX' } as const
const blocks: Props = Object.assign({}, ...Object.values(LOGIN_TYPES).map((t) => t.block))

function blockRule([type, { block }]: [string, { readonly block: Props }]): Rule[] {
  return Object.keys(block).map((field) => ({
    cel: `!has(self.${field}) || self.type == "${type}"`,
    message: `the block ${field} belongs to type ${type}`,
    at: `/${field}`,
    forbids: true,
  }))
}

const attribute = (description: string, wire: string) => text(description, { wire, minLength: 1, maxLength: 256 })

const attributeMapping = object(
  {
    required: {
      from: attribute('Incoming attribute.', 'map_from'),
      to: attribute('Attribute of the person.', 'map_to'),
    },
    optional: {
      editable: bool('People may change the value on their account page; else they see it.', { wire: 'editable' }),
    },
  },
  'Copies one incoming attribute.',
)
const customMapping = object(
  {
    required: {
      from: attribute('Incoming attribute.', 'attribute_to_map_from'),
      to: attribute('Custom attribute.', 'attribute_to_map_to'),
    },
  },
  'Copies one custom attribute.',
)
const customField = object(
  {
    required: {
      name: attribute('Name of the attribute.', 'name'),
      type: choice(FIELD_TYPE, 'Kind of value.', { wire: 'type' }),
    },
  },
  'An additional attribute.',
)

const mappings: Props = {
  attributeMappings: list(attributeMapping, 'Where incoming attributes go; one per attribute of the person.', {
    wire: 'attribute_mappings',
    list: { key: 'to' },
    maxItems: 200,
  }),
  customAttributeMappings: list(customMapping, 'Where custom attributes go; one per target.', {
    wire: 'custom_attribute_mappings',
    list: { key: 'to' },
    maxItems: 200,
  }),
  excludedUnmappedAttributes: list(text('An attribute.', { minLength: 1, maxLength: 256 }), 'Attributes to drop.', {
    wire: 'excluded_unmapped_attributes',
  }),
  customAttributeFields: list(customField, 'Additional attributes that the method delivers.', {
    wire: 'custom_attribute_fields',
    list: { key: 'name' },
    maxItems: 200,
  }),
}

const firstLogin: Props = {
  autoActivationEnabled: bool('Whoever arrives this way is active at once.', {
    wire: 'auto_activation_enabled',
    safer: 'down',
  }),
  autoEmailVerification: bool('An address that it delivers counts as verified.', {
    wire: 'auto_email_verification',
    safer: 'down',
  }),
  synchroniseAttributes: bool('Attributes are copied at each login, not only at the first.', {
    wire: 'synchronise_attributes',
  }),
  migrationDuringSignUp: bool('Sign-up offers to take over an old account, by signing in to it once.', {
    wire: 'migration_during_sign_up',
  }),
  forceUsernameAndPasswordDuringSignUp: bool('Sign-up asks for a user name and a password as well.', {
    wire: 'force_creating_username_and_password_during_sign_up',
  }),
}

const samlMutualTls = object(
  {
    optional: {
      clientKeyPairId: text('Own key pair: name of a keystore entry.', { wire: 'client_key_pair_id', maxLength: 256 }),
      serverCertificateId: text('Certificate of the other side: name of a keystore entry.', {
        wire: 'server_certificate_id',
        maxLength: 256,
      }),
    },
  },
  'Mutual TLS of SAML back-channel calls; with it answers come by artifact where the provider offers that.',
  { wire: 'saml_mutual_ssl_tls_attributes' },
)

/** Contract: onewelcome-cim, schema LoginMethod. */
export const CimLoginMethod = defineKind({
  name: 'CimLoginMethod',
  plural: 'cimloginmethods',
  shortNames: ['pllm'],
  description: 'One way to log in to OneWelcome CIM. Type and name together identify it.',
  system: 'OneWelcomeCim',
  operations: ['getLoginMethods', 'getConfiguration', 'updateConfigurationUnits'],
  shape: 'collection',
  scope: 'connection',
  key: (spec) => `${spec.type}/${spec.displayName}`,
  renamable: true,
  order: (spec) => (spec.enabled === false ? CIM_ORDER.disablingLogin : CIM_ORDER.enablingLogin),
  references: [],
  deletion: ['Retain', 'Delete'],
  rules: [
    ...Object.entries(LOGIN_TYPES).flatMap(blockRule),
    uniqueBy('/attributeMappings', 'to'),
    uniqueBy('/customAttributeMappings', 'to'),
    uniqueBy('/customAttributeFields', 'name'),
    uniqueBy('/saml/authenticationLevelMappings', 'contextClass'),
    {
      cel: '!has(self.eidas) || !has(self.eidas.authenticationService) || self.eidas.authenticationService != "Custom" || has(self.eidas.authenticationServiceCustomValue)',
      message: 'authenticationService Custom needs authenticationServiceCustomValue',
      at: '/eidas/authenticationServiceCustomValue',
    },
    {
      cel: '!has(self.ldap) || !has(self.ldap.ipRangeEnabled) || !self.ldap.ipRangeEnabled || !has(self.ldap.ipRanges) || size(self.ldap.ipRanges) > 0',
      message: 'ipRangeEnabled with no ipRanges lets nobody in',
      at: '/ldap/ipRanges',
    },
  ],
  spec: object(
    {
      required: {
        type: choice(TYPE, 'Kind of method; it decides which block applies.', { wire: 'type', createOnly: true }),
        displayName: text('Name on the login page; unique within the type.', {
          wire: 'name',
          minLength: 1,
          maxLength: 256,
        }),
      },
      optional: {
        enabled: bool('The method is offered and accepted.', { wire: 'enabled' }),
        authenticationLevel: int('Level that a login this way yields.', {
          wire: 'authentication_level',
          minimum: 0,
          safer: 'down',
        }),
        ...firstLogin,
        ...mappings,
        samlMutualTls,
        ...blocks,
      },
    },
    'A login method.',
  ),
})
