import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { PlumblineError } from '../config/errors.ts'
import { displayFrom } from '../config/load/files.ts'
import { findProjectFile, readProjectFile } from '../config/project/file.ts'
import { checkEnvironments, type LoadedProject } from '../config/project/project.ts'
import type { ProjectFile } from '../config/project/schema.ts'
import { trustedIn, withCopy } from '../config/project/trust.ts'
import { goneEnvironments, pairedEnvironments } from './environments.ts'
import { changedGates } from './gates.ts'
import type { Reach } from './model.ts'
import type { Revisions } from './review.ts'

export interface Compared {
  readonly cwd: string
  /** Project file; absent: the nearest one. */
  readonly project?: string
  /** Only this environment. */
  readonly environment?: string
  /** Git revision that the checkout is compared with. */
  readonly base: string
}

/** A project in two revisions. */
export interface ComparedProject {
  readonly environments: readonly (Revisions & {
    readonly base: LoadedProject | undefined
    readonly head: LoadedProject
  })[]
  /** What its file, and the files that guard the repository, say otherwise. */
  readonly project: readonly Reach[]
}

/** Every environment of a project as the base revision has it and as the checkout has it. Throws USAGE, IO, INVALID_DOCUMENT. */
export function revisionsOf({ cwd, project, environment, base }: Compared): ComparedProject {
  const file = project === undefined ? findProjectFile(cwd) : resolve(cwd, project)
  const selected = environment === undefined ? {} : { environment }
  const head = checkEnvironments({ cwd, file, ...selected })
  const was = baseOf(file, base)
  const { content } = readProjectFile(file, displayFrom(cwd)(file))
  const gone = goneEnvironments(was.environments, content)
  const before = pairedEnvironments(was.environments, head, gone)
  return {
    project: [...fileChanges(was.content, file, displayFrom(cwd)(file)), ...goneFrom(gone, before), ...was.gates],
    environments: head.map((loaded) => {
      const { environment: name } = loaded.project
      const base = before.get(loaded)
      const other = base?.project.environment
      return {
        ...(name !== undefined && { environment: name }),
        ...(other !== undefined && other !== name && { comparedWith: other }),
        base,
        head: loaded,
      }
    }),
  }
}

interface Base {
  readonly environments: readonly LoadedProject[]
  /** Absent: the revision has no project. */
  readonly content?: ProjectFile
  /** What guards the repository and is otherwise in the checkout. */
  readonly gates: readonly Reach[]
}

/** Members of the project file that are otherwise than before. A project that is new as a whole changes nothing. */
function fileChanges(before: ProjectFile | undefined, file: string, shown: string): readonly Reach[] {
  const { content: after, source } = readProjectFile(file, shown)
  if (before === undefined) return []
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof ProjectFile)[]
  return names
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => ({
      text: `a changed project file: ${name}`,
      place: {
        address: `Project/${after.name}`,
        pointer: `/${name}`,
        file: shown,
        line: source.origin.locate(`/${name}`).line,
      },
    }))
}

/** Environments that are no more and with which none is compared: what they described is described by nobody. */
function goneFrom(
  gone: ReadonlySet<LoadedProject>,
  paired: ReadonlyMap<LoadedProject, LoadedProject>,
): readonly Reach[] {
  const kept = new Set(paired.values())
  return [...gone].flatMap((loaded) => {
    const { project, resources } = loaded
    if (project.environment === undefined || kept.has(loaded)) return []
    const text = `the environment ${project.environment} is gone, with its ${resources.length} documents`
    return [{ text, place: { address: 'Project', pointer: '/environments' } }]
  })
}

/** Read by plumbing into a folder of its own: no hook or filter of the repository runs, and no link is followed. */
function baseOf(file: string, base: string): Base {
  const folder = dirname(file)
  const trusted = trustedIn(folder, base)
  if (trusted?.commit === undefined)
    throw new PlumblineError('USAGE', `there is no revision ${base} to compare with`, {
      help: 'Name a branch, tag or commit, e.g. --base origin/main.',
    })
  const { repository, commit } = trusted
  const gates = changedGates(repository, commit)
  return withCopy({ ...trusted, commit }, ({ add, at }) => {
    add([folder])
    if (!existsSync(at(file))) return { environments: [], gates }
    const { content } = readProjectFile(at(file), `${file} of ${base}`)
    return { content, gates, environments: checkEnvironments({ cwd: at(folder), file: at(file) }) }
  })
}
