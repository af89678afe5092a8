import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { outputSchema } from '../cli/output/schema.ts'
import { generatedFiles } from '../config/generate/files.ts'
import { KINDS } from '../config/kinds/index.ts'
import { dashboard } from '../controller/dashboard.ts'
import { behaviourPage } from './behaviour-page.ts'
import { pageScripts } from './generate-pages.ts'
import { floorsPicture } from './house/floors-picture.ts'
import { libraryPage } from './library-page.ts'

const root = new URL('../', import.meta.url)
/** Folders in which every file is generated: what is there beyond that is a leftover. */
const OWNED = ['config/crds', 'config/schema', 'identity/frame/generated']

/** The chart and the kustomize component hold the same dashboard. */
const DASHBOARDS = [
  'config/deploy/components/grafana-dashboard/plumbline.json',
  'controller/deploy/chart/files/plumbline.json',
]

const allFiles = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ...generatedFiles(KINDS),
    ['config/schema/output.schema.json', `${JSON.stringify(outputSchema(), undefined, 2)}\n`],
    ...(await pageScripts()),
    ['docs/images/floors.svg', floorsPicture()],
    ['docs/library.md', libraryPage()],
    ['docs/reference/behaviour.md', behaviourPage()],
    ...DASHBOARDS.map((path): [string, string] => [path, `${JSON.stringify(dashboard(), undefined, 2)}\n`]),
  ])

/** Paths, from the root of the repository, of generated files that are missing, different or left over. */
export async function staleFiles(): Promise<readonly string[]> {
  const files = await allFiles()
  const differing = await Promise.all(
    [...files].map(async ([path, text]) => ((await textOf(path)) === text ? [] : [path])),
  )
  return [...differing.flat(), ...(await leftovers(files))].sort()
}

async function leftovers(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const found = await Promise.all(
    OWNED.map(async (dir) => (await readdir(new URL(dir, root))).map((f) => `${dir}/${f}`)),
  )
  return found.flat().filter((path) => !files.has(path))
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(new URL(path, root), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function write(): Promise<void> {
  const files = await allFiles()
  for (const [path, text] of files) {
    const target = new URL(path, root)
    await mkdir(dirname(fileURLToPath(target)), { recursive: true })
    await writeFile(target, text)
  }
  for (const path of await leftovers(files)) await rm(new URL(path, root))
  console.log(`wrote ${files.size} files`)
}

async function check(): Promise<void> {
  const stale = await staleFiles()
  for (const path of stale) console.error(`${path} is stale; run npm run generate`)
  process.exitCode = stale.length > 0 ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await (process.argv.includes('--check') ? check() : write())
}
