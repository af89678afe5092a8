import type { CustomAttributes } from '../directory/custom-attributes.ts'
import type { PolicyDocument } from '../policy/inputs.ts'
import { isYes } from './values.ts'

interface Field {
  readonly name: string
  readonly type: 'Text' | 'Number' | 'Checkbox'
}
interface Mapping {
  readonly from: string
  readonly to: string
}

const MOST_CHARACTERS = 1024

/** What a value is by the type of its field; `undefined` for one that is none of it. */
const READ: Readonly<Record<Field['type'], (value: unknown) => string | number | boolean | undefined>> = {
  Text: (value) => (isPlain(value) ? String(value).slice(0, MOST_CHARACTERS) : undefined),
  Number: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined
  },
  Checkbox: (value) => (isYes(value) ? true : value === false || value === 'false' ? false : undefined),
}

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value) && value !== ''

/**
 * The custom attributes that a login method delivers: its fields under their own names unless they are excluded, and what a mapping
 * names, under the name to which it goes. What is mapped without a field is text.
 */
export function customValues(
  { customAttributeFields = [], customAttributeMappings = [], excludedUnmappedAttributes = [] }: PolicyDocument,
  claims: Readonly<Record<string, unknown>>,
): CustomAttributes {
  const fields = customAttributeFields as readonly Field[]
  const mappings = customAttributeMappings as readonly Mapping[]
  const excluded = excludedUnmappedAttributes as readonly string[]
  const isFree = ({ name }: Field) => !excluded.includes(name) && !mappings.some(({ from }) => from === name)
  const ways = [...fields.filter(isFree).map(({ name }) => ({ from: name, to: name })), ...mappings]
  return Object.fromEntries(
    ways.flatMap(({ from, to }) => {
      const { type = 'Text' } = fields.find(({ name }) => name === from) ?? {}
      const value = Object.hasOwn(claims, from) ? READ[type](claims[from]) : undefined
      return value === undefined ? [] : [[to, value] as const]
    }),
  )
}
