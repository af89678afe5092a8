import { choice, list, type Props } from '../field.ts'
import type { Rule } from '../kind.ts'

const TYPE = { Disallowed: 'disallowed', Allowed: 'allowed' } as const
const FACTOR = { Email: 'email' } as const

/** Contract: navixy, schema MfaSettings: the value that a default and an assignment both carry. */
export const mfaSettings = (unreadable: { readonly unreadable?: true } = {}) => ({
  required: {
    type: choice(TYPE, 'Allowed: the listed factors are switched on. Disallowed: there is no second factor.', {
      wire: 'type',
      safer: 'up',
      ...unreadable,
    }),
  } satisfies Props,
  optional: {
    factorTypes: list(
      choice(FACTOR, 'A factor; Email is a numeric code by e-mail.'),
      'The factors; needed with Allowed.',
      {
        wire: 'factor_types',
        minItems: 1,
        maxItems: 1,
        safer: 'more',
        storedOnly: 'E-mail is the only factor that there is; type says whether it is on.',
        ...unreadable,
      },
    ),
  } satisfies Props,
})

export const MFA_RULES: readonly Rule[] = [
  {
    cel: 'self.type != "Allowed" || has(self.factorTypes)',
    message: 'type Allowed needs factorTypes',
    at: '/type',
  },
  {
    cel: 'self.type != "Disallowed" || !has(self.factorTypes)',
    message: 'type Disallowed has no factorTypes',
    at: '/factorTypes',
    forbids: true,
  },
]
