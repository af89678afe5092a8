/** Names of members and places in lists, from the root. */
export type JsonSteps = readonly (string | number)[]

/** Stands for a value that is to be taken away. */
export const GONE = Symbol('gone')

type Container = Readonly<Record<string | number, unknown>>
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null

/** The value at steps; `undefined` where there is none. */
export const at = (root: unknown, steps: JsonSteps): unknown =>
  steps.reduce<unknown>(
    (value, step) => (isContainer(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    root,
  )

/** A copy with another value at steps; maps on the way are made where there are none. */
export function putAt(root: unknown, steps: JsonSteps, value: unknown): unknown {
  const [first, ...rest] = steps
  if (first === undefined) return value
  if (Array.isArray(root)) return root.with(Number(first), putAt(root[Number(first)], rest, value))
  const map = isContainer(root) ? root : {}
  if (value !== GONE || rest.length > 0)
    return { ...map, [first]: putAt(Object.hasOwn(map, first) ? map[first] : undefined, rest, value) }
  const { [first]: _, ...others } = map
  return others
}
