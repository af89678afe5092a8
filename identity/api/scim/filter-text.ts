import { scimFault } from '../../directory/scim/errors.ts'

export type CompareOp = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export interface Comparison {
  readonly op: CompareOp
  readonly path: string
  readonly value: string | number | boolean | null
}

/** A filter as it is written (RFC 7644, section 3.4.2.2). */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly op: 'not'; readonly of: Filter }
  /** One value of the attribute fulfils all of it. */
  | { readonly op: 'item'; readonly path: string; readonly of: Filter }
  | { readonly op: 'pr'; readonly path: string }
  | Comparison

const OPS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
const MAX_LENGTH = 2000
/** Levels of brackets and negations: as many more frames of the stack. */
const MAX_DEPTH = 100
/** Sticky, so that reading takes linear time: blanks, a JSON string, a number, a sign, a word. */
const TOKEN = /\s+|("(?:[^"\\\p{Cc}]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.:$-])|([()[\]])|([\w$.:/%-]+)/uy

/** Throws 400 invalidFilter. */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) throw scimFault('invalidFilter', `the filter is longer than ${MAX_LENGTH} characters`)
  return new Parser(text).whole()
}

const malformed = (cause?: unknown) =>
  scimFault('invalidFilter', 'the filter does not follow RFC 7644, section 3.4.2.2', cause)

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    if (!found) throw malformed()
    const token = found.slice(1).find((part) => part !== undefined)
    if (token !== undefined) tokens.push(token)
  }
  return tokens
}

/** Recursive descent; `and` binds stronger than `or`. */
class Parser {
  readonly #tokens: readonly string[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  whole(): Filter {
    const filter = this.#or()
    if (this.#at < this.#tokens.length) throw malformed()
    return filter
  }

  #or(): Filter {
    if (++this.#depth > MAX_DEPTH) throw malformed()
    const filter = this.#joined('or', () => this.#joined('and', () => this.#one()))
    this.#depth--
    return filter
  }

  #joined(op: 'and' | 'or', part: () => Filter): Filter {
    const first = part()
    const of = [first]
    while (this.#takes(op)) of.push(part())
    return of.length === 1 ? first : { op, of }
  }

  #one(): Filter {
    if (this.#takes('(')) return this.#closed(')')
    const word = this.#next()
    if (word.toLowerCase() === 'not' && this.#peek() === '(') return { op: 'not', of: this.#one() }
    return this.#about(word)
  }

  #closed(sign: string): Filter {
    const filter = this.#or()
    if (!this.#takes(sign)) throw malformed()
    return filter
  }

  #about(path: string): Filter {
    if (!/^[a-z]/i.test(path)) throw malformed()
    return this.#takes('[') ? this.#item(path) : this.#compared(path)
  }

  /** `emails[type eq "work"].value eq "x"`, which Entra ID sends, speaks of one value: it is `emails[type eq "work" and value eq "x"]`. */
  #item(path: string): Filter {
    const of = this.#closed(']')
    const part = /^\.([\w$-]+)$/.exec(this.#peek())?.[1]
    if (part === undefined) return { op: 'item', path, of }
    this.#at++
    return { op: 'item', path, of: { op: 'and', of: [of, this.#compared(part)] } }
  }

  #compared(path: string): Filter {
    const op = this.#next().toLowerCase()
    if (op === 'pr') return { op, path }
    if (!OPS.has(op)) throw malformed()
    return { op: op as CompareOp, path, value: literal(this.#next()) }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? ''
  }

  #next(): string {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw malformed()
    return token
  }

  #takes(token: string): boolean {
    if (this.#peek().toLowerCase() !== token) return false
    this.#at++
    return true
  }
}

/** JSON text, number, true, false or null (RFC 7644, figure 1); the words in any letter case, as some directories send them. */
function literal(token: string): Comparison['value'] {
  try {
    const value: unknown = JSON.parse(token.startsWith('"') ? token : token.toLowerCase())
    if (typeof value !== 'object' || value === null) return value as Comparison['value']
  } catch (error) {
    throw malformed(error)
  }
  throw malformed()
}
