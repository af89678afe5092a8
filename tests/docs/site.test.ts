import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { SIDEBAR } from '../../docs/.vitepress/sidebar.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { temporaryFolder } from '../support/folder.ts'

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

it('has no dead link, and the pages of earlier versions stay beside those of this one', async () => {
  const site = temporaryFolder()
  for (const earlier of ['v0.0.9', 'v0.0.10']) await mkdir(join(site, earlier))

  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'tools/site.ts', site])

  const read = (file: string): Promise<string> => readFile(join(site, file), 'utf8')
  const version = `v${packageFile.version}`
  expect(await read(`${version}/tutorial.html`)).toContain(`href="/plumbline/${version}/concepts"`)
  expect(await read('index.html')).toContain(`url=${version}/`)
  const versions = [...(await read('versions.html')).matchAll(/<li><a href="(.*?)\/">/g)].map(([, name]) => name)
  expect(versions).toEqual([version, 'v0.0.10', 'v0.0.9'])
})
