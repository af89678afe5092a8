import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PlumblineError } from '../config/errors.ts'
import { displayFrom, listFiles } from '../config/load/files.ts'
import { findProjectFile, readProjectFile } from '../config/project/file.ts'

const here = (): string => process.cwd()

/** A file as messages name it. */
export const shown = (file: string): string => displayFrom(here())(file)

/** The YAML files of a project, in all of its environments. */
export interface ProjectFiles {
  readonly project: string
  readonly documents: readonly string[]
  readonly overlays: readonly string[]
}

/** Finds the files of a project. Throws USAGE where there is none. */
export function projectFiles({ project }: { readonly project?: string }): ProjectFiles {
  const file = project === undefined ? findProjectFile(here()) : resolve(project)
  const { content } = readProjectFile(file, shown(file))
  const absolute = (path: string): string => resolve(dirname(file), path)
  const overlays = Object.values(content.environments ?? {}).flatMap((environment) => environment.overlays ?? [])
  return {
    project: file,
    documents: yamlFilesOf(content.paths.map(absolute)),
    overlays: yamlFilesOf(overlays.map(absolute)),
  }
}

/** Every YAML file that the paths name or hold. */
export function yamlFilesOf(paths: readonly string[]): readonly string[] {
  const listings = paths.map((path) => listFiles(resolve(path), displayFrom(here())))
  const [mistake] = listings.flatMap((listing) => listing.diagnostics)
  if (mistake !== undefined) throw new PlumblineError('IO', `${mistake.file ?? ''}: ${mistake.message}`)
  return [...new Set(listings.flatMap((listing) => listing.files))].filter((file) => !file.endsWith('.json'))
}

export async function readTextOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new PlumblineError('IO', `cannot read ${shown(file)}`, { cause })
  }
}

/** Puts texts in place of those of files, each whole or not at all. */
export async function replaceTexts(texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of texts) {
    const draft = `${file}.${process.pid}.tmp`
    try {
      await writeFile(draft, text, { flag: 'wx' })
      await rename(draft, file)
    } catch (cause) {
      throw new PlumblineError('IO', `cannot write ${shown(file)}`, { cause })
    }
  }
}
