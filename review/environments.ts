import { isDeepStrictEqual } from 'node:util'
import type { LoadedProject } from '../config/project/project.ts'
import type { ProjectFile } from '../config/project/schema.ts'
import { addressOf, type Resource } from '../config/resource.ts'

/** Environments of the base whose names the project file has no more, whichever of them are reviewed. */
export function goneEnvironments(
  base: readonly LoadedProject[],
  { environments = {} }: ProjectFile,
): ReadonlySet<LoadedProject> {
  const names = Object.keys(environments)
  return new Set(
    base.filter(({ project: { environment } }) =>
      environment === undefined ? names.length > 0 : !names.includes(environment),
    ),
  )
}

/**
 * The environment of the base with which each environment is compared. One under a new name is compared with the one that is gone and
 * says most of the same, else with one that speaks to the same systems: a name is no way around a review.
 */
export function pairedEnvironments(
  base: readonly LoadedProject[],
  head: readonly LoadedProject[],
  gone: ReadonlySet<LoadedProject>,
): ReadonlyMap<LoadedProject, LoadedProject> {
  const named = new Map(base.map((loaded) => [loaded.project.environment, loaded]))
  const left = new Set(gone)
  return new Map(
    head.flatMap((loaded) => {
      const same = named.get(loaded.project.environment)
      const before =
        same ??
        closest([...left], loaded) ??
        closest(
          base.filter((one) => sharesSystem(one, loaded)),
          loaded,
        )
      if (before === undefined) return []
      left.delete(before)
      return [[loaded, before] as const]
    }),
  )
}

type Documents = Pick<LoadedProject, 'resources'>

/** The one that has most documents just so, then most documents of the same name; `undefined` when none has any. */
function closest(some: readonly LoadedProject[], { resources }: Documents): LoadedProject | undefined {
  const specs = new Map(resources.map((r) => [addressOf(r), r.spec]))
  const likeness = (one: LoadedProject): number => {
    const known = one.resources.filter((r) => specs.has(addressOf(r)))
    const equal = known.filter((r) => isDeepStrictEqual(r.spec, specs.get(addressOf(r))))
    return known.length + equal.length * (resources.length + 1)
  }
  const [best] = some.map((one) => ({ one, likeness: likeness(one) })).toSorted((a, b) => b.likeness - a.likeness)
  return best !== undefined && best.likeness > 0 ? best.one : undefined
}

const EMBEDDED = 'embedded'

/** Whether two environments have a Connection to one address. The embedded service of each may be another one. */
function sharesSystem(one: Documents, other: Documents): boolean {
  const places = new Set(placesOf(one))
  return placesOf(other).some((place) => places.has(place))
}

const placesOf = ({ resources }: Documents): readonly string[] =>
  resources.filter(isOutside).map(({ spec }) => JSON.stringify([spec.system, spec.endpoint]))

const isOutside = ({ kind, spec }: Resource): boolean => kind === 'Connection' && spec.endpoint !== EMBEDDED
