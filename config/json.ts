/** An object of JSON whose fields are not known. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object: no list, not null. */
export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
