import type { SystemName } from '../../config/kind.ts'

/** A setting: a field of a document, in the words of the document, and what it says. */
export interface SettingSource {
  readonly system: SystemName
  readonly kind: string
  /** Pointer into the spec, e.g. `/nonCustomers/requireMfa`. */
  readonly pointer: string
  readonly value: unknown
  /** Natural key of the document, of a kind that several documents of an organization count of. */
  readonly object?: string
}

/** What one setting asks for. */
export interface Ask<T> {
  readonly value: T
  readonly source: SettingSource
}

/** What holds, and why. */
export interface Decision<T> {
  readonly value: T
  /** The settings that ask for exactly this; empty when nothing asks and the built-in value holds. */
  readonly by: readonly SettingSource[]
  /** The settings that ask for less; what each of them would have settled for. */
  readonly weaker: readonly Ask<T>[]
}

/** How one thing is decided, given the settings `I`. */
export interface DecisionRule<T, I> {
  /** Holds when nothing asks. */
  readonly builtIn: T
  /** A larger number is stricter. */
  strictness(value: T): number
  readonly asks: (inputs: I) => readonly Ask<T>[]
}

/** The strictest of what is asked for; the order of the asks does not matter. */
export function strictest<T>(
  asks: readonly Ask<T>[],
  { builtIn, strictness }: Pick<DecisionRule<T, never>, 'builtIn' | 'strictness'>,
): Decision<T> {
  const [only, ...others] = asks
  if (only === undefined) return { value: builtIn, by: [], weaker: [] }
  if (others.length === 0) return { value: only.value, by: [only.source], weaker: [] }
  const sorted = asks.toSorted((a, b) => strictness(b.value) - strictness(a.value) || compare(a.source, b.source))
  const first = sorted[0] as Ask<T>
  const level = strictness(first.value)
  const same = sorted.filter((ask) => strictness(ask.value) === level)
  return { value: first.value, by: same.map((ask) => ask.source), weaker: sorted.slice(same.length) }
}

const compare = (a: SettingSource, b: SettingSource): number => nameOf(a).localeCompare(nameOf(b), 'en')
const nameOf = ({ kind, pointer }: SettingSource): string => `${kind}${pointer}`

/** Rules that hold together, and what comes of them. */
export type Rules<T, I> = { readonly [K in keyof T]: DecisionRule<T[K], I> }
export type Decisions<T> = { readonly [K in keyof T]: Decision<T[K]> }

export function decideAll<T extends object, I>(rules: Rules<T, I>, inputs: I): Decisions<T> {
  const decided: Record<string, Decision<unknown>> = {}
  for (const [name, rule] of Object.entries<DecisionRule<unknown, I>>(rules))
    decided[name] = strictest(rule.asks(inputs), rule)
  return decided as Decisions<T>
}

/** The bare values of decisions. */
export function values<T extends object>(decisions: Decisions<T>): T {
  const bare = Object.entries<Decision<unknown>>(decisions).map(([name, { value }]) => [name, value])
  return Object.fromEntries(bare) as T
}

/** What is the stricter of two values, for `Rule.strictness`. */
export const STRICTER = {
  /** `true` is. */
  yes: (value: boolean): number => (value ? 1 : 0),
  /** `false` is. */
  no: (value: boolean): number => (value ? 0 : 1),
  /** The larger number is. */
  more: (value: number): number => value,
  /** The smaller number is; null stands for no limit. */
  less: (value: number | null): number => -(value ?? Number.MAX_SAFE_INTEGER),
} as const
