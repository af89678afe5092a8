import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleOf } from '../../tools/build.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-bundle-'))
  await writeFile(join(folder, 'package.cjs'), 'exports.greet = () => "hello"\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('a bundle is refused that loads a CommonJS module when it is needed: its names would be gone', async () => {
  const entry = join(folder, 'entry.mjs')
  await writeFile(entry, 'const { greet } = await import("./package.cjs")\ngreet()\n')
  await expect(bundleOf(join(folder, 'out'), { entryPoints: { entry } })).rejects.toThrow('package.cjs')
})
