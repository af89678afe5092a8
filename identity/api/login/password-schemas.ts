import { MAX_BYTES } from '../../directory/password-text.ts'

/** The schema of a body. */
export const closedBody = (required: readonly string[], properties: object) => ({
  type: 'object',
  required,
  properties,
})

/** Fields of the bodies around text passwords. Bytes are counted later: no character has fewer than one. */
export const USERNAME = { type: 'string', minLength: 1, maxLength: 256 } as const
export const PASSWORD_SCHEMA = { type: 'string', minLength: 1, maxLength: MAX_BYTES } as const
export const CODE = { type: 'string', minLength: 1, maxLength: 128 } as const
