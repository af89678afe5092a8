import type { Method } from '../directory/methods.ts'
import { values } from './decision.ts'
import type { EffectivePolicy } from './policy.ts'
import type { PasswordRules } from './rules/password.ts'
import type { ResetRules } from './rules/reset.ts'

/** The methods that a login page offers, in the order of `Method`; none where nobody can log in. */
export function offeredMethods({ login, methods }: EffectivePolicy): readonly Method[] {
  if (!login.open.value) return []
  return (Object.keys(methods) as Method[]).filter((method) => methods[method]?.value)
}

/** What a new password has to be like. */
export const passwordRules = ({ password }: EffectivePolicy): PasswordRules => values(password)

/** The code for somebody who forgot the login secret. */
export const resetCode = ({ reset }: EffectivePolicy): ResetRules => values(reset)
