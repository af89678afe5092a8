import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { manifests } from '../../tools/packages.ts'

describe('the published packages', () => {
  it('have the version, the licence, the engines and the dependencies of the root (npm run generate)', async () => {
    const written = [...(await manifests()).keys()].map((file) => [file, readFileSync(file, 'utf8')])
    expect(new Map(written as [string, string][])).toEqual(await manifests())
  })

  it('want the Node.js that the command line asks for', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'))
    const [, major, minor] = /OLDEST = \[(\d+), (\d+)\]/.exec(readFileSync('bin/node-version.mjs', 'utf8')) ?? []
    expect(engines.node).toBe(`>=${major}.${minor}`)
  })

  it('are named in the docs by their scope: outside a checkout `npx plumbline` runs a package of somebody else', () => {
    const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n')
    const allowed = new Set(['README.md', 'CHANGELOG.md', 'docs/decisions/packages.md'])
    const wrong = pages.filter(
      (page) => !allowed.has(page) && /npx (--yes )?plumbline/.test(readFileSync(page, 'utf8')),
    )
    expect(wrong).toEqual([])
  })
})
