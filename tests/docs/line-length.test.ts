import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const MOST = 120
/** Made from texts of the sources, and from change to change. */
const GENERATED = new Set(['CHANGELOG.md', 'docs/library.md'])
const PAGES = ['*.md', 'docs/*.md', 'docs/decisions/*.md', 'examples/**/*.md', 'packages/*/README.md']
  .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  .filter((page) => !GENERATED.has(page))

/** Rows of tables, pictures, HTML, formulas and lines of code cannot be broken where one likes. */
const UNBREAKABLE = /^\s*(\||!\[|<|- `[^`]+`,?$)|^ {4}/

function longLines(text: string): readonly string[] {
  const prose = text.replace(/^( *)```[\s\S]*?\n\1```$/gm, '').replace(/^---\n[\s\S]*?\n---\n/, '')
  return prose.split('\n').filter((line) => [...line].length > MOST && !UNBREAKABLE.test(line))
}

it.each(PAGES)('lines of %s fit a window beside another', (page) => {
  expect(longLines(readFileSync(join(ROOT, page), 'utf8'))).toEqual([])
})
