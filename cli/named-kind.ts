import { PlumblineError } from '../config/errors.ts'
import type { Kind } from '../config/kind.ts'
import { KINDS, kindOf } from '../config/kinds/index.ts'
import { didYouMean } from '../config/load/suggest.ts'

/** The kind of a name, whatever its letter case. Throws USAGE with the nearest name. */
export function namedKind(name: string): Kind {
  const found = kindOf(name) ?? KINDS.find((k) => k.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  const names = KINDS.map((k) => k.name)
  throw new PlumblineError('USAGE', `there is no kind ${name.slice(0, 60)}${didYouMean(name, names)}`, {
    help: `Kinds: ${names.join(', ')}.`,
  })
}
