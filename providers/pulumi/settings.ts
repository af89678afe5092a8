import { projectFileAt } from '../../config/project/file.ts'

/** Looks a key of the stack's configuration up, e.g. `plumbline:project`. */
export type Config = (key: string) => string | undefined

const DEFAULT_PROJECT = 'examples/acme'

/** Which documents the stack is about: the environment variables win, then the stack's configuration. */
export function selectionOf(config: Config): { readonly project: string; readonly environment?: string } {
  const place = process.env.PLUMBLINE_PROJECT || config('plumbline:project') || DEFAULT_PROJECT
  const environment = process.env.PLUMBLINE_ENVIRONMENT || config('plumbline:environment')
  return { project: projectFileAt(place), ...(environment ? { environment } : {}) }
}
