import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGES = ['*.md', 'docs/**/*.md', 'examples/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }))

/** Targets of links and pictures that stay in the repository, without their anchors. Code holds no links. */
function targets(text: string): readonly string[] {
  const prose = text.replace(/```[\s\S]*?```|`[^`]*`/g, '')
  const all = [...prose.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(([, link, picture]) => link ?? picture ?? '')
  return all.filter((target) => !/^(https?:|#)/.test(target)).map((target) => target.replace(/#.*$/, ''))
}

it.each(PAGES)('%s links to pages that are there', (page) => {
  const missing = targets(readFileSync(join(ROOT, page), 'utf8')).filter(
    (target) => !existsSync(join(ROOT, dirname(page), target)),
  )
  expect(missing).toEqual([])
})
