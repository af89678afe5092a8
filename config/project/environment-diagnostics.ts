import type { Diagnostic } from '../resource.ts'
import { sortDiagnostics } from '../validate/validate.ts'

/** What was found in one environment; absent: the project has none. */
export interface CheckedEnvironment {
  readonly environment?: string
  readonly documents: number
  readonly diagnostics: readonly Diagnostic[]
}

/** A mistake, and the environments that have it; absent: all that were checked. */
export interface EnvironmentDiagnostic extends Diagnostic {
  readonly environments?: readonly string[]
}

/** Mistakes of several environments: each once, at its place, in the words of the first environment that has it. */
export function toldOnce(found: readonly CheckedEnvironment[]): readonly EnvironmentDiagnostic[] {
  const groups = Map.groupBy(
    found.flatMap(({ environment, diagnostics }) => placed(diagnostics).map((p) => ({ ...p, environment }))),
    ({ place }) => place,
  )
  return sortDiagnostics(
    [...groups.values()].map((group): EnvironmentDiagnostic => {
      const [{ d }] = group as [(typeof group)[number]]
      const environments = group.flatMap(({ environment }) => environment ?? [])
      const isSaidAlike = group.every((other) => other.d.message === d.message)
      return environments.length === 0 || (environments.length === found.length && isSaidAlike)
        ? d
        : { ...d, environments }
    }),
  )
}

/** With where each stands; several of one place are told apart by their order. */
function placed(diagnostics: readonly Diagnostic[]): readonly { readonly place: string; readonly d: Diagnostic }[] {
  const seen = new Map<string, number>()
  return diagnostics.map((d) => {
    const where = JSON.stringify([d.severity, d.file, d.line, d.column, d.resource, d.pointer, d.file ?? d.message])
    const nth = seen.get(where) ?? 0
    seen.set(where, nth + 1)
    return { place: `${where} ${nth}`, d }
  })
}
