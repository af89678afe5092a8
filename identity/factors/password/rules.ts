import type { PasswordRules } from '../../policy/rules/password.ts'

const lengthOf = (text: string): number => [...text].length

/** A rule that a text can break by itself. */
export type PasswordLack = 'short' | 'long' | 'lower' | 'upper' | 'special'

interface Check {
  readonly lack: PasswordLack
  readonly isBroken: (rules: PasswordRules, text: string) => boolean
  /** What is said about it. */
  readonly message: (rules: PasswordRules) => string
}

const CHECKS: readonly Check[] = [
  {
    lack: 'short',
    isBroken: ({ minLength }, text) => lengthOf(text) < minLength,
    message: ({ minLength }) => `needs at least ${minLength} characters`,
  },
  {
    lack: 'long',
    isBroken: ({ maxLength }, text) => maxLength !== null && lengthOf(text) > maxLength,
    message: ({ maxLength }) => `has at most ${maxLength} characters`,
  },
  {
    lack: 'lower',
    isBroken: ({ lowerCase }, text) => lowerCase && !/\p{Ll}/u.test(text),
    message: () => 'needs a lower-case letter',
  },
  {
    lack: 'upper',
    isBroken: ({ upperCase }, text) => upperCase && !/\p{Lu}/u.test(text),
    message: () => 'needs a capital letter',
  },
  {
    lack: 'special',
    isBroken: ({ specialCharacter }, text) => specialCharacter && !/[^\p{L}\p{M}\p{N}]/u.test(text),
    message: () => 'needs a character that is neither a letter nor a digit',
  },
]

/** What a new password lacks; empty when it is good. The breach check is not among it: see breached.ts. */
export const lacksOf = (rules: PasswordRules, text: string): readonly PasswordLack[] =>
  CHECKS.filter(({ isBroken }) => isBroken(rules, text)).map(({ lack }) => lack)

/** The same in words for programs. */
export const shortcomings = (rules: PasswordRules, text: string): readonly string[] =>
  CHECKS.filter(({ isBroken }) => isBroken(rules, text)).map(({ message }) => message(rules))

const DAY_MILLISECONDS = 24 * 3600 * 1000
/** The last moment that RFC 3339 can write. */
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z')

/** The last moment at which a password is good; `undefined` when it never expires. */
export const expiryOf = ({ expiresAfterDays }: PasswordRules, setAt: string): Date | undefined =>
  expiresAfterDays === null
    ? undefined
    : new Date(Math.min(Date.parse(setAt) + expiresAfterDays * DAY_MILLISECONDS, LAST_MOMENT))

/** Whether a password is too old to sign in with. One of exactly `expiresAfterDays` is still good. */
export function isExpired(rules: PasswordRules, setAt: string, now: Date): boolean {
  const expiry = expiryOf(rules, setAt)
  return expiry !== undefined && now > expiry
}
