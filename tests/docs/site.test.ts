import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { SIDEBAR } from '../../docs/.vitepress/sidebar.ts'

const DOCS = new URL('../../docs/', import.meta.url)
const pages = globSync('*.md', { cwd: DOCS }).map((page) => basename(page, '.md'))
const linked = SIDEBAR.flatMap(({ items }) => items.map(({ link }) => link.slice(1)))

it('the site names every page in its sidebar, and no other', () => {
  const named = linked.filter((link) => !link.includes('/'))
  expect(named.toSorted()).toEqual(pages.filter((page) => page !== 'index').toSorted())
})

it('the tutorial comes first, then guides, reference, concepts and operations', () => {
  expect(SIDEBAR.map(({ text }) => text)).toEqual(['Tutorial', 'Guides', 'Reference', 'Concepts', 'Operations'])
})
