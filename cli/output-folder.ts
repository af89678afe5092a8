import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../config/errors.ts'
import type { Terminal } from './terminal.ts'

/** Writes the files that are the result of a command, and says so. Throws IO. */
export async function writeResult(
  terminal: Terminal,
  command: 'schema' | 'crds',
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  await writeFolder(folder, files)
  const text = () => `Wrote ${files.size} files to ${folder}.`
  terminal.result(command, { folder, files: [...files.keys()] }, { text })
}

/** Writes generated files into a folder, which is made when missing. Throws IO. */
async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, text] of files) await writeFile(join(folder, name), text)
  } catch (cause) {
    throw new PlumblineError('IO', `cannot write into ${folder}`, { cause })
  }
}
