import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { engineEnvironment } from '../engine/engine.ts'
import { EMBEDDED_URL, openEmbedded } from '../identity/embedded.ts'
import { mixedProject } from './documents.ts'
import { type Numbers, report, timed } from './measure.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const DOCUMENTS = 1_000

/**
 * A program that declares the inputs of `inputs.json`, after the resources that they need, with a provider that does
 * nothing and keeps what it gets.
 */
const NOTHING = {
  'Pulumi.yaml': 'name: plumbline\nruntime: {name: nodejs, options: {typescript: false}}\nmain: pulumi.mjs\n',
  'package.json': '{"type": "module"}',
  'pulumi.mjs': `import { readFileSync } from 'node:fs'
import { CustomResource } from '@pulumi/pulumi'
const provider = \`exports.handler = () => ({ create: async (inputs) => ({ id: inputs.name, outs: inputs }) })\`
const made = new Map()
for (const { needs, ...inputs } of JSON.parse(readFileSync('inputs.json', 'utf8'))) {
  const dependsOn = needs.flatMap((urn) => made.get(urn) ?? [])
  made.set(inputs.name, new CustomResource(inputs.type, inputs.name, { ...inputs, __provider: provider }, { dependsOn }))
}
`,
}

interface Stored {
  readonly urn: string
  readonly type: string
  readonly inputs?: Readonly<Record<string, unknown>>
  /** URNs; the state lists every resource after those that it needs. */
  readonly dependencies?: readonly string[]
}

/** One `pulumi up` from nothing, in a folder with a Pulumi.yaml, its state in a folder of its own. */
async function up(
  program: string,
  state: string,
  env: NodeJS.ProcessEnv,
): Promise<{ seconds: number; stored: readonly Stored[] }> {
  const engine = await engineEnvironment(state, { onProgress: (line) => process.stderr.write(`${line}\n`) })
  const pulumi = (...args: readonly string[]) =>
    finished(
      spawn(engine.command, [...args, '--non-interactive'], {
        cwd: program,
        env: { ...engine.env, PULUMI_STACK: 'bench', ...env },
      }),
    )
  await pulumi('stack', 'init', 'bench')
  const { seconds } = await timed(() => pulumi('up', '--yes', '--skip-preview', '--suppress-progress'))
  const { checkpoint } = JSON.parse(readFileSync(join(state, '.pulumi/stacks/plumbline/bench.json'), 'utf8'))
  const all: readonly Stored[] = checkpoint.latest.resources
  return { seconds, stored: all.filter((r) => r.type.startsWith('pulumi-nodejs:')) }
}

async function finished(child: ReturnType<typeof spawn>): Promise<void> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data))
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error(`pulumi failed:\n${output.slice(-4_000)}`)
}

/** Values for the secrets that the example acme names. */
function secrets(adminKey: string): NodeJS.ProcessEnv {
  const named = parseEnv(readFileSync(join(REPOSITORY, 'examples/acme/secrets.env.example'), 'utf8'))
  const values: Readonly<Record<string, string>> = { 'admin-key': adminKey, hex32: '0123456789abcdef0123456789abcdef' }
  return Object.fromEntries(Object.entries(named).map(([name, how]) => [name, values[how ?? ''] ?? `value of ${name}`]))
}

/** `pulumi up` of that many documents, against the same resources with a provider that does nothing. */
async function measure(count: number): Promise<Numbers> {
  const project = mixedProject(count)
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
  // The settings of an earlier run name the key of secrets in a state that is gone.
  rmSync(join(REPOSITORY, '.plumbline/stacks/Pulumi.bench.yaml'), { force: true })
  try {
    const dataFolder = join(project.folder, '.plumbline/data')
    const embedded = await openEmbedded({ store: dataFolder, dataFolder })
    await embedded.fetch(`${EMBEDDED_URL}/readyz`)
    await embedded.close()
    const env = { ...secrets(embedded.adminKey ?? ''), PLUMBLINE_PROJECT: project.folder }
    const own = await up(REPOSITORY, join(folder, 'own'), env)
    const floor = await up(nothing(join(folder, 'nothing'), own.stored), join(folder, 'floor'), {})
    const bytes = own.stored.map((r) => JSON.stringify(r).length)
    return {
      resources: own.stored.length,
      seconds: own.seconds,
      floorSeconds: floor.seconds,
      ratio: own.seconds / floor.seconds,
      stateBytesPerResource: Math.round(bytes.reduce((a, b) => a + b, 0) / bytes.length),
      largestStateBytes: Math.max(...bytes),
    }
  } finally {
    project.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

function nothing(folder: string, stored: readonly Stored[]): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(NOTHING)) writeFileSync(join(folder, name), text)
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  const inputs = stored.map(({ type, urn, dependencies: needs = [], inputs: { __provider: _, ...own } = {} }) => {
    return { ...own, type, name: urn, needs }
  })
  writeFileSync(join(folder, 'inputs.json'), JSON.stringify(inputs))
  return folder
}

report(await measure(Number(process.argv[2] ?? DOCUMENTS)))
