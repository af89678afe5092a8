import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Bundled, bundleOf, COMMAND_LINE } from './build.ts'
import { declarations } from './declarations.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** A package that is published: what is bundled into its `dist/`, and what else lies there. */
interface Package extends Bundled {
  readonly beside?: (dist: string) => Promise<void>
}

/** Published packages by their folder in `packages/`. */
const PACKAGES = {
  cli: COMMAND_LINE,
  plumbline: {
    entryPoints: { index: 'library/index.ts' },
    // Its types name theirs.
    external: ['typebox', 'yaml'],
    beside: (dist) => declarations(join(ROOT, 'packages/plumbline'), join(dist, 'types'), 'library/index.d.ts'),
  },
  pulumi: {
    entryPoints: { program: 'providers/pulumi/program.ts', logic: 'providers/pulumi/logic.ts' },
    // The engine's own instance of the SDK has to be the one that the program declares its resources to.
    external: ['@pulumi/pulumi'],
    beside: async (dist) => {
      for (const file of ['providers/pulumi/verbs.cjs', 'bin/node-version.mjs'])
        await cp(join(ROOT, file), join(dist, basename(file)))
    },
  },
} as const satisfies Readonly<Record<string, Package>>

const folderOf = (name: string): string => join(ROOT, 'packages', name)

interface Manifest {
  readonly version: string
  readonly license: string
  readonly engines: Readonly<Record<string, string>>
  readonly dependencies: Ranges
  readonly optionalDependencies?: Ranges
  /** What whoever installs the package may add. */
  readonly peerDependencies?: Ranges
}
type Ranges = Readonly<Record<string, string>>

const jsonIn = async <T>(file: string): Promise<T> => JSON.parse(await readFile(file, 'utf8')) as T

/** The manifests of all packages by their file, with versions, licence and engines as the root's package.json says them. */
export async function manifests(): Promise<ReadonlyMap<string, string>> {
  const root = await jsonIn<Manifest>(join(ROOT, 'package.json'))
  const all = Object.keys(PACKAGES).map(async (name) => {
    const file = join(folderOf(name), 'package.json')
    return [file, `${JSON.stringify(like(root, await jsonIn<Manifest>(file)), undefined, 2)}\n`] as const
  })
  return new Map(await Promise.all(all))
}

function like({ version, license, engines, ...root }: Manifest, manifest: Manifest): Manifest {
  const ranges = { ...root.dependencies, ...root.optionalDependencies }
  const same = (wanted: Ranges): Ranges =>
    Object.fromEntries(Object.keys(wanted).map((name) => [name, ranges[name] ?? '']))
  const { dependencies, peerDependencies } = manifest
  const peers = peerDependencies && { peerDependencies: same(peerDependencies) }
  return { ...manifest, version, license, engines, dependencies: same(dependencies), ...peers }
}

/** Builds every package and packs it into `target`. Returns the tarballs by the name of their folder. */
export async function pack(target: string): Promise<Readonly<Record<string, string>>> {
  await mkdir(target, { recursive: true })
  const packed: Record<string, string> = {}
  for (const [name, wanted] of Object.entries(PACKAGES)) {
    await buildPackage(name, wanted)
    packed[name] = join(target, await packOne(folderOf(name), target))
  }
  return packed
}

async function buildPackage(name: string, wanted: Package): Promise<void> {
  await writeDist(wanted, join(folderOf(name), 'dist'))
  await copyFile(join(ROOT, 'LICENSE'), join(folderOf(name), 'LICENSE'))
}

async function writeDist({ beside, ...bundled }: Package, dist: string): Promise<void> {
  await bundleOf(dist, bundled)
  await beside?.(dist)
}

/** Writes the Pulumi program as its package has it: `index.mjs`, `dist/` and the provider. */
export async function writeProgram(folder: string): Promise<void> {
  const { pulumi } = PACKAGES
  await writeDist(pulumi, join(folder, 'dist'))
  for (const part of ['index.mjs', 'package.json', 'providers'])
    await cp(join(folderOf('pulumi'), part), join(folder, part), { recursive: true })
}

async function packOne(folder: string, target: string): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', target], { cwd: folder })
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[]
  return packed?.filename ?? ''
}

if (process.argv[1] === import.meta.filename) {
  for (const tarball of Object.values(await pack(join(ROOT, 'dist/packages')))) console.log(tarball)
}
