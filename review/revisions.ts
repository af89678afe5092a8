import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { PlumblineError } from '../config/errors.ts'
import { findProjectFile } from '../config/project/file.ts'
import { checkEnvironments, type LoadedProject } from '../config/project/project.ts'
import { trustedIn, withCopy } from '../config/project/trust.ts'
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

/** Every environment of a project as the base revision has it and as the checkout has it. Throws USAGE, IO, INVALID_DOCUMENT. */
export function revisionsOf({ cwd, project, environment, base }: Compared): readonly Revisions[] {
  const file = project ?? findProjectFile(cwd)
  const selected = environment === undefined ? {} : { environment }
  const head = checkEnvironments({ cwd, file, ...selected })
  const before = new Map(baseOf(file, base).map((loaded) => [loaded.project.environment, loaded]))
  return head.map((loaded) => ({
    ...(loaded.project.environment === undefined ? {} : { environment: loaded.project.environment }),
    base: before.get(loaded.project.environment),
    head: loaded,
  }))
}

/** Read by plumbing into a folder of its own: no hook or filter of the repository runs, and no link is followed. */
function baseOf(file: string, base: string): readonly LoadedProject[] {
  const folder = dirname(file)
  const trusted = trustedIn(folder, base)
  if (trusted?.commit === undefined)
    throw new PlumblineError('USAGE', `there is no revision ${base} to compare with`, {
      help: 'Name a branch, tag or commit, e.g. --base origin/main.',
    })
  return withCopy({ ...trusted, commit: trusted.commit }, ({ add, at }) => {
    add([folder])
    return existsSync(at(file)) ? checkEnvironments({ cwd: at(folder), file: at(file) }) : []
  })
}
