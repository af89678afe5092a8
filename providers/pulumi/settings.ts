import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { projectFileAt } from '../../config/project/file.ts'

/** Looks a key of the stack's configuration up, e.g. `plumbline:project`. */
export type Config = (key: string) => string | undefined

/** Which documents the stack is about: the environment variables win, then the stack's configuration. Paths are relative to Pulumi.yaml. */
export function selectionOf(config: Config): { readonly project: string; readonly environment?: string } {
  const place = process.env.PLUMBLINE_PROJECT || config('plumbline:project') || '.'
  const environment = process.env.PLUMBLINE_ENVIRONMENT || config('plumbline:environment')
  const project = projectFileAt(isAbsolute(place) ? place : join(relative(process.cwd(), stackFolder()), place))
  return { project, ...(environment ? { environment } : {}) }
}

/** The folder of Pulumi.yaml. Pulumi starts an installed program in its package, which lies below. */
function stackFolder(folder = process.cwd()): string {
  if (existsSync(join(folder, 'Pulumi.yaml'))) return folder
  const above = dirname(folder)
  return above === folder ? process.cwd() : stackFolder(above)
}
