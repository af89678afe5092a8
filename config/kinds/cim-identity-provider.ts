import { object, text } from '../field.ts'
import { defineKind } from '../kind.ts'

/** Contract: onewelcome-cim, schema IdentityProviderConfig. Derived by the system from the login methods. */
export const CimIdentityProvider = defineKind({
  name: 'CimIdentityProvider',
  plural: 'cimidentityproviders',
  shortNames: ['plcimi'],
  description:
    'An identity provider as OneWelcome CIM shows it to other systems. It is only observed: a difference is drift.',
  system: 'OneWelcomeCim',
  operations: ['listIdentityProviders'],
  shape: 'collection',
  scope: 'connection',
  key: (spec, name) => spec.providerId ?? name,
  observeOnly: true,
  references: [],
  deletion: ['Retain'],
  rules: [],
  spec: object(
    {
      optional: {
        providerId: text('Id in the system (default: the name of the document).', { wire: 'id', maxLength: 256 }),
        displayName: text('Name for people.', { wire: 'name', maxLength: 256 }),
        type: text('Kind of provider, lower-case free text.', { wire: 'type', maxLength: 128 }),
        saml: object(
          {
            optional: {
              authnContext: text('Authentication context that selects the provider.', { wire: 'authn_context' }),
            },
          },
          'How the provider is asked for over SAML.',
          { wire: 'saml_properties' },
        ),
      },
    },
    'An identity provider.',
  ),
})
