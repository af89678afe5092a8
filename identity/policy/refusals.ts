import type { Method } from '../directory/methods.ts'
import type { Decision } from './decision.ts'
import type { EffectivePolicy } from './policy.ts'

/** What keeps people with these methods out. */
export function refusals(
  { login, methods, mobile }: EffectivePolicy,
  enrolled: readonly Method[],
): readonly Decision<unknown>[] {
  const asked = [
    ...enrolled.flatMap((method) => methods[method] ?? []),
    ...(enrolled.includes('sms') ? [mobile.alone] : []),
  ]
  const refused = asked.filter(({ value }) => !value)
  return [...(login.open.value ? [login.factors] : [login.open]), ...refused]
}
