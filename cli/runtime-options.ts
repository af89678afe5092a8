import { resolve } from 'node:path'
import type { Command } from 'commander'
import { runtimePlaces } from '../config/project/documents.ts'

export interface RuntimeOptions {
  readonly project?: string
  readonly data?: string
  readonly store?: string
}

/** Adds the options that say which identity runtime is meant. */
export function ofRuntime(command: Command): Command {
  return command
    .option('-p, --project <file>', 'project whose runtime it is (default: plumbline.yaml here or in a folder above)')
    .option('--data <folder>', "folder of the keys and of the embedded store (default: the project's)")
    .option('--store <location>', "postgres:// URL, or a folder (default: PLUMBLINE_STORE, else the project's)")
}

/** Where the runtime keeps its keys and its data. */
export function placesOf({ project, data, store = process.env.PLUMBLINE_STORE }: RuntimeOptions) {
  const places = data === undefined ? runtimePlaces(project) : { store: resolve(data), dataFolder: resolve(data) }
  return { ...places, ...(store === undefined ? {} : { store }) }
}
