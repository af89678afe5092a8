/** Values of settings and claims, whatever their type is. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
export const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
/** Some providers write `"true"`. */
export const isYes = (value: unknown): boolean => value === true || value === 'true'
