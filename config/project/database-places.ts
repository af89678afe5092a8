import type { ShapeMistake } from '../validate/shape.ts'
import type { ProjectFile } from './schema.ts'
import { substitute, type Variables } from './variables.ts'

type Places = Pick<ProjectFile, 'inventory' | 'runtime'>

/** A database is the same place from every folder. */
export const isDatabase = (place: string): boolean => /^postgres(ql)?:\/\//.test(place)

/** The variables of an environment; its name is one of them. */
export function variablesOf({ variables, environments = {} }: ProjectFile, name: string | undefined): Variables {
  if (name === undefined) return { ...variables }
  return { environment: name, ...variables, ...environments[name]?.variables }
}

/** The parts of a project file that say where things are kept, with variables replaced, and what is wrong with them. */
export function placesIn({ inventory, runtime }: ProjectFile, variables: Variables) {
  const { value, mistakes } = substitute({ inventory, runtime }, variables)
  return { places: value as Places, mistakes }
}

/** Mistakes that a project file has in any of its environments. Each environment has a memory of its own. */
export function placeMistakes(content: ProjectFile): readonly ShapeMistake[] {
  const names = Object.keys(content.environments ?? {})
  const each = (names.length === 0 ? [undefined] : names).map((n) => placesIn(content, variablesOf(content, n)))
  const undefinedOnes = new Map(each.flatMap(({ mistakes }) => mistakes.map((m) => [m.pointer, m] as const)))
  if (undefinedOnes.size > 0) return [...undefinedOnes.values()]
  const { inventory } = content
  if (inventory === undefined || isDatabase(inventory)) return passwordMistakes(content)
  const files = new Set(each.map(({ places }) => places.inventory))
  return files.size === each.length ? [] : [sharedBy(names)]
}

const sharedBy = (names: readonly string[]): ShapeMistake => ({
  pointer: '/inventory',
  message: `the environments ${names.join(', ')} would share what was applied; write \${environment} in the path, and bring over what it holds: plumbline inventory copy`,
})

/** A project file is read by many; so are process lists and logs that a location gets into. */
function passwordMistakes({ inventory }: ProjectFile): readonly ShapeMistake[] {
  if (inventory === undefined || !hasPassword(inventory)) return []
  return [{ pointer: '/inventory', message: PASSWORD }]
}

const PASSWORD =
  'a password does not belong here; leave it to PGPASSWORD or ~/.pgpass, or give the whole URL in PLUMBLINE_INVENTORY'

/** Whether the URL of a database holds a password; one that cannot be read counts as holding one. */
export function hasPassword(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { password, searchParams } = new URL(url)
  return password !== '' || searchParams.has('password')
}

/** A place for people: a database without its password and parameters. */
export function shownPlace(place: string): string {
  if (!isDatabase(place)) return place
  if (!URL.canParse(place)) return 'PostgreSQL'
  const { protocol, username, host, pathname } = new URL(place)
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
}
