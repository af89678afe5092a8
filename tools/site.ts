import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vitepress'
import packageFile from '../package.json' with { type: 'json' }

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url))
/** Where the site is below its host. */
const PATH = '/plumbline/'
const VERSION = /^v\d+\.\d+\.\d+$/

const page = (head: string, body: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Plumbline: documentation</title>${head}</head>
<body>${body}</body>
</html>
`

const link = (version: string): string => `<a href="${version}/">${version}</a>`

/** The newest first. */
async function versionsIn(site: string): Promise<readonly string[]> {
  const byNumber = new Intl.Collator('en', { numeric: true })
  const folders = (await readdir(site)).filter((name) => VERSION.test(name))
  return folders.toSorted((a, b) => byNumber.compare(b, a))
}

/**
 * Adds the pages of this version to a site, whose other versions stay: `v1.2.3/`, `versions.html` with all of them, and
 * `index.html`, which leads to the newest.
 *
 * @throws Error for a dead link.
 */
async function addVersion(site: string): Promise<void> {
  const name = `v${packageFile.version}`
  await build(DOCS, { base: `${PATH}${name}/`, outDir: join(site, name) })
  const versions = await versionsIn(site)
  const [newest = name] = versions
  const list = versions.map((version) => `<li>${link(version)}</li>`).join('\n')
  await writeFile(join(site, 'versions.html'), page('', `<h1>Versions</h1>\n<ul>\n${list}\n</ul>`))
  await writeFile(
    join(site, 'index.html'),
    page(`<meta http-equiv="refresh" content="0; url=${newest}/">`, link(newest)),
  )
}

await addVersion(process.argv[2] ?? 'dist/site')
