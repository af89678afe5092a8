import { bool, object, text, url } from '../field.ts'
import { defineKind } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'

/** Contract: onewelcome-cim, schema UIExtensionConfiguration. */
export const CimUiExtension = defineKind({
  name: 'CimUiExtension',
  plural: 'cimuiextensions',
  shortNames: ['plcimx'],
  description: 'An extension that serves the user interface of OneWelcome CIM.',
  system: 'OneWelcomeCim',
  operations: ['getUiExtension', 'updateUiExtension', 'getConfiguration', 'reloadExtension'],
  shape: 'singleton',
  scope: 'connection',
  key: () => '',
  order: () => CIM_ORDER.extension,
  finalize: true,
  references: [],
  deletion: ['Retain'],
  rules: [
    {
      cel: '!has(self.loginRedirectEnabled) || !self.loginRedirectEnabled || (has(self.baseUrl) && has(self.loginPath))',
      message: 'loginRedirectEnabled needs both baseUrl and loginPath',
      at: '/loginRedirectEnabled',
    },
  ],
  spec: object(
    {
      optional: {
        baseUrl: url('Root of the extension; https only.', { wire: 'base_url', pattern: '^https://' }),
        loginRedirectEnabled: bool('Logins go to baseUrl plus loginPath.', { wire: 'enable_login_redirect' }),
        loginPath: text('Path of the login page below baseUrl.', { wire: 'login_path', pattern: '^/[^\\s?#]*$' }),
      },
    },
    'User interface extension.',
  ),
})
