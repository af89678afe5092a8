import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { bundle } from '../tools/build.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the bundled command line. */
    readonly bundle: string
  }
}

/** In the repository, where the bundle finds the packages that it leaves out. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url))

/** Bundles the command line once for all tests that start it: they run what the container runs, and start twice as fast. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(`${CACHE}plumbline-`)
  await bundle(folder)
  provide('bundle', folder)
  return () => rm(folder, { recursive: true, force: true })
}
