import { EDGES, EXPORTED_TWICE, MEMORIES } from './exceptions.ts'
import type { FileFacts } from './syntax.ts'

/** What is against the habits of the house: each entry is one line for a person. */
export interface Breaches {
  readonly exportedTwice: readonly string[]
  readonly state: readonly string[]
  readonly environment: readonly string[]
  /** Exceptions that nothing needs any more. */
  readonly outdated: readonly string[]
}

/** One name for one thing, nothing kept by a module, the environment read at the edge; what is listed may differ. */
export function breachesOf(facts: readonly FileFacts[]): Breaches {
  const twice = exportedTwice(facts)
  const state = facts.flatMap(({ file, state }) => state.map((name) => `${file} ${name}`))
  const environment = facts.filter(({ readsEnvironment }) => readsEnvironment).map(({ file }) => file)
  const isEdge = (file: string): boolean =>
    Object.keys(EDGES).some((edge) => file === edge || file.startsWith(`${edge}/`))
  return {
    exportedTwice: [...twice]
      .filter(([name]) => !(name in EXPORTED_TWICE))
      .map(([name, files]) => `${name}: ${files.join(', ')}`),
    state: state.filter((place) => !(place in MEMORIES)),
    environment: environment.filter((file) => !isEdge(file)),
    outdated: [
      ...Object.keys(EXPORTED_TWICE).filter((name) => !twice.has(name)),
      ...Object.keys(MEMORIES).filter((place) => !state.includes(place)),
      ...Object.keys(EDGES).filter((edge) => !environment.some((file) => file === edge || file.startsWith(`${edge}/`))),
    ],
  }
}

/** Names that more than one file defines and exports. */
export function exportedTwice(facts: readonly FileFacts[]): ReadonlyMap<string, readonly string[]> {
  const places = facts.flatMap(({ file, exported }) => exported.map((name) => ({ name, file })))
  const byName = [...Map.groupBy(places, ({ name }) => name)]
  return new Map(
    byName.filter(([, found]) => found.length > 1).map(([name, found]) => [name, found.map(({ file }) => file)]),
  )
}
