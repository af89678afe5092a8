import { MAX_BYTES } from './text.ts'

/** Fields of the bodies around text passwords. Bytes are counted later: no character has fewer than one. */
export const USERNAME = { type: 'string', minLength: 1, maxLength: 256 } as const
export const PASSWORD = { type: 'string', minLength: 1, maxLength: MAX_BYTES } as const
