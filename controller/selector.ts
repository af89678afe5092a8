import { PlumblineError } from '../config/errors.ts'

type Labels = Readonly<Record<string, string>>

/** Which labels an object has to have. */
export interface Selector {
  /** As it was written. */
  readonly text: string
  matches(labels: Labels): boolean
}

type Requirement = (labels: Labels) => boolean

const KEY = '[A-Za-z0-9][-A-Za-z0-9_./]*'
const VALUE = '[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?'
const FORMS: readonly (readonly [RegExp, (key: string, value: string) => Requirement])[] = [
  [new RegExp(`^(${KEY})$`), (key) => (labels) => key in labels],
  [new RegExp(`^!\\s*(${KEY})$`), (key) => (labels) => !(key in labels)],
  [new RegExp(`^(${KEY})\\s*==?\\s*(${VALUE}|)$`), (key, value) => (labels) => labels[key] === value],
  [new RegExp(`^(${KEY})\\s*!=\\s*(${VALUE}|)$`), (key, value) => (labels) => labels[key] !== value],
  [
    new RegExp(`^(${KEY})\\s+in\\s*\\(([^()]*)\\)$`),
    (key, values) => (labels) => labels[key] !== undefined && namesIn(values).includes(labels[key]),
  ],
  [
    new RegExp(`^(${KEY})\\s+notin\\s*\\(([^()]*)\\)$`),
    (key, values) => (labels) => labels[key] === undefined || !namesIn(values).includes(labels[key]),
  ],
]

/** A label selector as kubectl and Flux take it, e.g. `sharding.example.com/key in (a, b), !legacy`. Throws USAGE. */
export function selectorOf(text: string): Selector {
  const requirements = text.split(/,(?![^(]*\))/).map((part) => requirementOf(part.trim()))
  return { text, matches: (labels) => requirements.every((holds) => holds(labels)) }
}

function requirementOf(text: string): Requirement {
  for (const [form, requirement] of FORMS) {
    const match = form.exec(text)
    if (match) return requirement(match[1] ?? '', match[2] ?? '')
  }
  throw new PlumblineError('USAGE', `"${text}" is no label selector`, {
    help: 'Write key, !key, key=value, key!=value, key in (a, b) or key notin (a, b), with commas between.',
  })
}

const namesIn = (list: string): readonly string[] => list.split(',').map((name) => name.trim())
