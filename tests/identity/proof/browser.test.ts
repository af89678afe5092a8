import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const IMPORT = /^(?:import|export)\s(?!type\s)(?:[^'"]*?\sfrom\s)?'([^']+)'/gm
/** Packages that run in a browser. */
const BROWSER_PACKAGES = ['@noble/curves', '@noble/hashes', 'hash-wasm', 'jose', 'typebox']

/** Every module that a module reaches by value imports, with the packages among them by name. */
async function reached(module: URL, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(module.href)) return seen
  seen.add(module.href)
  const source = await readFile(module, 'utf8')
  for (const [, specifier = ''] of source.matchAll(IMPORT))
    if (specifier.startsWith('.')) await reached(new URL(specifier, module), seen)
    else seen.add(specifier)
  return seen
}

const packagesOf = (modules: Set<string>) => [...modules].filter((name) => !name.startsWith('file:'))
const isBrowserPackage = (name: string) => BROWSER_PACKAGES.some((p) => name === p || name.startsWith(`${p}/`))

describe('the client', () => {
  it.each(['client.ts', 'argon2-browser.ts'])('%s reaches nothing that a browser lacks', async (file) => {
    const modules = await reached(new URL(`../../../identity/proof/${file}`, import.meta.url))
    expect(packagesOf(modules).filter((name) => !isBrowserPackage(name))).toEqual([])
  })

  it('for Node is found out by the same look', async () => {
    const modules = await reached(new URL('../../../identity/proof/argon2-node.ts', import.meta.url))
    expect(packagesOf(modules).filter((name) => !isBrowserPackage(name))).toEqual(['@node-rs/argon2'])
  })
})
