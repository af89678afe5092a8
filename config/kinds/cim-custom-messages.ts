import { KEYS_IN_ADDRESS, map, nullable, object, text } from '../field.ts'
import { defineKind } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'

/** Contract: onewelcome-cim, schema CustomMessages: the texts of one locale variant. Keys that are not named stay. */
export const CimCustomMessages = defineKind({
  name: 'CimCustomMessages',
  plural: 'cimcustommessages',
  shortNames: ['plcimt'],
  description: 'Texts of the user interface of OneWelcome CIM in one locale. Texts that are not named are left alone.',
  system: 'OneWelcomeCim',
  operations: [
    'getCustomMessages',
    'upsertLocaleMessages',
    'deleteCustomMessage',
    'getConfiguration',
    'reloadExtension',
  ],
  shape: 'collection',
  scope: 'connection',
  key: (spec) => spec.locale,
  order: () => CIM_ORDER.texts,
  finalize: true,
  partial: true,
  references: [],
  deletion: ['Retain', 'Delete'],
  rules: [],
  spec: object(
    {
      required: {
        locale: text('Locale variant, e.g. nl_NL; `default` for the fallback texts.', {
          wire: 'locale',
          createOnly: true,
          pattern: '^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,32}){0,4}$',
          maxLength: 64,
        }),
        messages: map(nullable(text('A text.', { maxLength: 4096 })), 'Message key → text; null removes the text.', {
          wire: 'messages',
          ...KEYS_IN_ADDRESS,
        }),
      },
    },
    'Texts of one locale.',
  ),
})
