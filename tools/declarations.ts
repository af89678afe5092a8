import { execFile } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const IMPORTS = /(?:from|import\()\s*'(\.[^']+)'/g

/** Writes the types of a package by its tsconfig.json, and keeps what can be reached from `entry`, a path below `outdir`. */
export async function declarations(folder: string, outdir: string, entry: string): Promise<void> {
  await promisify(execFile)('npx', ['--no', '--', 'tsc', '--project', folder, '--outDir', outdir])
  const reached = new Set<string>()
  await reach(join(outdir, entry), reached)
  const all = await readdir(outdir, { recursive: true, withFileTypes: true })
  const needless = all.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name))
  await Promise.all(needless.filter((file) => !reached.has(file)).map((file) => rm(file)))
}

async function reach(file: string, reached: Set<string>): Promise<void> {
  if (reached.has(file)) return
  reached.add(file)
  const text = await readFile(file, 'utf8')
  for (const [, to = ''] of text.matchAll(IMPORTS))
    await reach(join(dirname(file), to.replace(/\.ts$/, '.d.ts')), reached)
}
