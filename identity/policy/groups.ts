import type { Ask } from './decision.ts'
import type { PolicyInputs } from './inputs.ts'
import { settingAt } from './inputs.ts'

/** The two groups of people that Pigello has rules for, by their place in its document. */
const PIGELLO_GROUPS = ['customers', 'nonCustomers'] as const
export type PigelloGroup = (typeof PIGELLO_GROUPS)[number]

/** Role of a user that makes a customer in the eyes of Pigello. */
const CUSTOMER_ROLE = 'customer'

/** The groups whose rules hold for a user: one, or both when nobody has said which (notes: the stricter of both rule sets). */
function groupsOf(inputs: PolicyInputs): readonly PigelloGroup[] {
  const roles = (settingAt(inputs, 'User', '/roles') ?? []) as readonly string[]
  if (roles.length === 0) return PIGELLO_GROUPS
  return roles.includes(CUSTOMER_ROLE) ? ['customers'] : ['nonCustomers']
}

/** What the rules of the user's groups ask for; before the user is known, what the more lenient group asks for. */
export function asksOfGroups<T>(
  inputs: PolicyInputs,
  strictness: (value: T) => number,
  asksOf: (group: PigelloGroup) => readonly Ask<T>[],
): readonly Ask<T>[] {
  if (inputs.documents.User !== undefined) return groupsOf(inputs).flatMap(asksOf)
  const strictestOf = (asks: readonly Ask<T>[]) => Math.max(-Infinity, ...asks.map((ask) => strictness(ask.value)))
  const [first = [], ...others] = PIGELLO_GROUPS.map(asksOf)
  return others.reduce((least, asks) => (strictestOf(asks) < strictestOf(least) ? asks : least), first)
}
