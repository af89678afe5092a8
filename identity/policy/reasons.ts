import type { Method } from '../directory/methods.ts'
import type { Decision } from './decision.ts'
import type { EffectivePolicy } from './policy.ts'

/** The settings that decided, in short, e.g. `CimFeatures/loginEnabled`. */
const decidedBy = ({ by }: Pick<Decision<unknown>, 'by'>): string =>
  by.length === 0 ? 'nothing allows it' : by.map(({ kind, pointer }) => `${kind}${pointer}`).join(', ')

/**
 * Why a factor is not accepted; `undefined` when it is. A login secret of several steps is accepted as long as one of them is: it is no
 * weaker than that one alone.
 */
export function refusalOf({ login, methods }: EffectivePolicy, shown: readonly Method[]): string | undefined {
  if (!login.open.value) return `no login is possible (${decidedBy(login.open)})`
  if (shown.some((method) => methods[method]?.value)) return undefined
  return shown.map((method) => `${method} is not accepted (${decidedBy(methods[method] ?? { by: [] })})`).join('; ')
}

const ACTIVATION = '/personActivation/enabled'
const OF_ADDRESS: ReadonlySet<string> = new Set(['/verification/emailRequired', ACTIVATION])

/** Whether nothing but an address that is not verified, or an activation, keeps the user out. */
const waits = ({ login: { open } }: EffectivePolicy): boolean =>
  !open.value && open.by.every(({ pointer }) => OF_ADDRESS.has(pointer))

/** Whether the user, who is kept out, would get in with a code that is delivered outside the service. */
export const waitsForDelivery = (policy: EffectivePolicy): boolean =>
  waits(policy) &&
  policy.activation.way.value === 'a delivered code' &&
  policy.login.open.by.some(({ pointer }) => pointer === ACTIVATION)

/** Whether the user, who is kept out, has to show that the address is theirs. */
export const waitsForAddress = (policy: EffectivePolicy): boolean =>
  waits(policy) &&
  (policy.activation.way.value !== 'a delivered code' ||
    policy.login.open.by.some(({ pointer }) => pointer !== ACTIVATION))
