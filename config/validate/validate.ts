import { dayOf } from '../exceptions.ts'
import type { Kind } from '../kind.ts'
import { KINDS, kindOf } from '../kinds/index.ts'
import { didYouMean } from '../load/suggest.ts'
import { resolve } from '../references.ts'
import type { Diagnostic, Resource } from '../resource.ts'
import { diagnose, sortDiagnostics } from './diagnose.ts'
import { shapeCheckOf } from './document.ts'
import { MEANING } from './meaning/index.ts'
import { referencesResolve } from './meaning/references.ts'
import { checkRules } from './rules.ts'

export { sortDiagnostics }

/**
 * Every mistake in a set of documents, sorted by file and place: shape (JSON Schema of the kind), the kind's CEL rules,
 * and the meaning of the documents together on a day. Empty when all is well. A document of bad shape is checked no further.
 */
export function validate(resources: readonly Resource[], today = dayOf(new Date())): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const good: Resource[] = []
  for (const resource of resources) {
    const diagnostics = validateOne(resource)
    found.push(...diagnostics)
    if (diagnostics.length === 0) good.push(resource)
  }
  const world = { resources: good, all: resources, index: resolve(resources), today }
  const meaning = MEANING.flatMap((check) => check(world))
  return sortDiagnostics([...found, ...meaning, ...referencesResolve(world, meaning)])
}

/** Mistakes of one document that show without the others: its shape, and the rules of its kind. */
export function validateOne(resource: Resource): readonly Diagnostic[] {
  const kind = kindOf(resource.kind)
  if (kind === undefined) return [unknownKind(resource)]
  const { origin: _, ...document } = resource
  const mistakes = shapeCheckOf(kind)(document)
  if (mistakes.length === 0) return checkRules(kind, resource)
  return mistakes.map(({ pointer, message, ...options }) => diagnose(resource, pointer, message, options))
}

function unknownKind(resource: Resource): Diagnostic {
  const names = KINDS.map((kind: Kind) => kind.name)
  return diagnose(
    resource,
    '/kind',
    `there is no kind ${JSON.stringify(resource.kind.slice(0, 60))}${didYouMean(resource.kind, names)}`,
  )
}
