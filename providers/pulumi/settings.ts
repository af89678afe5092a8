import { statSync } from 'node:fs'
import { join } from 'node:path'

/** Looks a key of the stack's configuration up, e.g. `plumbline:project`. */
export type Config = (key: string) => string | undefined

const DEFAULT_PROJECT = 'examples/acme'

/** Which documents the stack is about: the environment variables win, then the stack's configuration. */
export function selectionOf(config: Config): { readonly project: string; readonly environment?: string } {
  const place = process.env.PLUMBLINE_PROJECT || config('plumbline:project') || DEFAULT_PROJECT
  const environment = process.env.PLUMBLINE_ENVIRONMENT || config('plumbline:environment')
  return { project: fileOf(place), ...(environment ? { environment } : {}) }
}

const fileOf = (place: string): string =>
  statSync(place, { throwIfNoEntry: false })?.isDirectory() ? join(place, 'plumbline.yaml') : place
