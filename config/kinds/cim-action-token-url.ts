import { object, url } from '../field.ts'
import { defineKind } from '../kind.ts'
import { CIM_ORDER } from './cim-order.ts'
import { REDIRECT_URI } from './uri.ts'

/** Contract: onewelcome-cim, schema WhitelistedUrl. */
export const CimActionTokenUrl = defineKind({
  name: 'CimActionTokenUrl',
  plural: 'cimactiontokenurls',
  shortNames: ['plcimu'],
  description: 'One redirect target that action tokens of OneWelcome CIM may lead to. Targets match exactly.',
  system: 'OneWelcomeCim',
  operations: ['listWhitelistedUrls', 'addWhitelistedUrl', 'deleteWhitelistedUrl'],
  shape: 'collection',
  scope: 'connection',
  key: (spec) => spec.url,
  order: () => CIM_ORDER.prerequisites,
  references: [],
  deletion: ['Retain', 'Delete'],
  rules: [],
  spec: object(
    {
      required: {
        url: url('The target.', {
          wire: 'url',
          createOnly: true,
          ...REDIRECT_URI,
        }),
      },
    },
    'A redirect target.',
  ),
})
