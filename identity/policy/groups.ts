import type { Ask } from './decision.ts'
import type { Inputs } from './inputs.ts'
import { valueAt } from './inputs.ts'

/** The two groups of people that Pigello has rules for, by their place in its document. */
export const GROUPS = ['customers', 'nonCustomers'] as const
export type Group = (typeof GROUPS)[number]

/** Role of a user that makes a customer in the eyes of Pigello. */
export const CUSTOMER_ROLE = 'customer'

/** The groups whose rules hold for a user: one, or both when nobody has said which (notes: the stricter of both rule sets). */
function groupsOf(inputs: Inputs): readonly Group[] {
  const roles = (valueAt(inputs, 'User', '/roles') ?? []) as readonly string[]
  if (roles.length === 0) return GROUPS
  return roles.includes(CUSTOMER_ROLE) ? ['customers'] : ['nonCustomers']
}

/** What the rules of the user's groups ask for; before the user is known, what the more lenient group asks for. */
export function asksOfGroups<T>(
  inputs: Inputs,
  strictness: (value: T) => number,
  asksOf: (group: Group) => readonly Ask<T>[],
): readonly Ask<T>[] {
  if (inputs.documents.User !== undefined) return groupsOf(inputs).flatMap(asksOf)
  const strictestOf = (asks: readonly Ask<T>[]) => Math.max(-Infinity, ...asks.map((ask) => strictness(ask.value)))
  const [first = [], ...others] = GROUPS.map(asksOf)
  return others.reduce((least, asks) => (strictestOf(asks) < strictestOf(least) ? asks : least), first)
}
