import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../config/errors.ts'

/** Writes generated files into a folder, which is made when missing. Throws IO. */
export async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, text] of files) await writeFile(join(folder, name), text)
  } catch (cause) {
    throw new PlumblineError('IO', `cannot write into ${folder}`, { cause })
  }
}
