import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { bundle } from '../tools/build.ts'
import { writeProgram } from '../tools/packages.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the bundled command line. */
    readonly bundle: string
    /** Folder of the Pulumi program, as its package has it. */
    readonly program: string
    /** Folder in which the processes that tests start keep what Node.js compiled for them. */
    readonly compiled: string
  }
}

/** In the repository, where the bundle finds the packages that it leaves out. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url))

/**
 * Bundles the command line and the Pulumi program once for all tests that start them: they run what the container and
 * the packages run, and start twice as fast.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(`${CACHE}plumbline-`)
  const [command, program] = [join(folder, 'command'), join(folder, 'program')]
  await Promise.all([bundle(command), writeProgram(program)])
  provide('bundle', command)
  provide('program', program)
  provide('compiled', join(folder, 'compiled'))
  return () => rm(folder, { recursive: true, force: true })
}
