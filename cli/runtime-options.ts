import { resolve } from 'node:path'
import type { Command } from 'commander'
import { placesFor, type RunPlaces, type Selection } from '../config/project/documents.ts'
import { projectFileAt } from '../config/project/file.ts'
import { bringOver } from '../reconciler/bring-over.ts'
import type { Terminal } from './terminal.ts'

export interface RuntimeOptions {
  readonly project?: string
  readonly environment?: string
  readonly data?: string
  readonly store?: string
}

/** Adds the options that say which identity runtime is meant. */
export function ofRuntime(command: Command): Command {
  return command
    .option(
      '-p, --project <file>',
      'project whose runtime it is, or its folder (default: plumbline.yaml here or in a folder above)',
      projectFileAt,
    )
    .option('-e, --environment <name>', "environment of the project (default: the project's)")
    .option('--data <folder>', "folder of the keys and of the embedded store (default: the project's)")
    .option('--store <location>', "postgres:// URL, or a folder (default: PLUMBLINE_STORE, else the project's)")
}

/** Where the runtime keeps its keys and its data. */
export function runtimePlaces(
  terminal: Terminal,
  { data, store = process.env.PLUMBLINE_STORE, ...selection }: RuntimeOptions,
) {
  const places =
    data === undefined ? ofProject(terminal, selection) : { store: resolve(data), dataFolder: resolve(data) }
  return { ...places, ...(store === undefined ? {} : { store }) }
}

function ofProject(terminal: Terminal, selection: Selection): RunPlaces['runtime'] {
  const places = placesFor(selection, process.env)
  for (const note of bringOver(places)) terminal.note(note)
  return places.runtime
}
