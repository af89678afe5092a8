import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { stringify } from 'yaml'
import { PlumblineError } from '../../config/errors.ts'
import { readProjectFile } from '../../config/project/file.ts'
import type { ProjectFile } from '../../config/project/schema.ts'
import { readAdminKey } from '../../identity/directory/data-folder.ts'
import { writePrivately } from '../../reconciler/file-deliveries.ts'
import { takeLock } from '../../reconciler/file-lock.ts'

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
export const STACK = 'quickstart'
const EXAMPLE = join(REPOSITORY, 'examples/acme')
const FOLDER = join(REPOSITORY, '.plumbline/quickstart')
const ENV_FILE = join(FOLDER, 'quickstart.env')
const STACK_SETTINGS = join(REPOSITORY, `.plumbline/stacks/Pulumi.${STACK}.yaml`)

/** Where the quickstart keeps everything that it makes. */
export const SCENE = {
  folder: FOLDER,
  data: join(FOLDER, 'data'),
  /** The backend of Pulumi. */
  state: join(FOLDER, 'pulumi'),
  project: join(FOLDER, 'plumbline.yaml'),
} as const

/**
 * Makes the folder (mode 0700) and holds it for one run. `fresh` begins anew; else the run goes on with the data of the
 * last one. Throws IO while another quickstart runs here.
 */
export async function openScene(fresh: boolean): Promise<{ close(): void }> {
  if (!existsSync(EXAMPLE))
    throw new PlumblineError('USAGE', 'the quickstart runs in a checkout of the repository, and this is none', {
      help: 'Clone the repository, then run `npm ci` and `npm start` in it.',
    })
  await mkdir(dirname(FOLDER), { recursive: true, mode: 0o700 })
  const lock = takeLock(`${FOLDER}.lock`, 'another quickstart is running here', 'End it with Ctrl-C, then run again.')
  if (fresh) await rm(FOLDER, { recursive: true, force: true })
  if (!existsSync(SCENE.state)) await rm(STACK_SETTINGS, { force: true })
  // Left by a killed run: while we hold our own lock nobody else uses the stack.
  await rm(join(SCENE.state, '.pulumi/locks'), { recursive: true, force: true })
  await mkdir(FOLDER, { recursive: true, mode: 0o700 })
  return lock
}

/** Writes the project of the example with its data and its secrets in the scene. The service has been started before. */
export async function writeProject(): Promise<void> {
  await writeSecrets()
  const file = join(EXAMPLE, 'plumbline.yaml')
  const { content } = readProjectFile(file, file)
  await writePrivately(SCENE.project, stringify(moved(content)))
}

/** The example's project, as it reads from the scene. */
function moved(project: ProjectFile): ProjectFile {
  const { defaultEnvironment: name = 'quickstart', environments = {} } = project
  const environment = environments[name] ?? {}
  const { overlays = [] } = environment
  return {
    ...project,
    paths: project.paths.map(inExample),
    defaultEnvironment: name,
    environments: { [name]: { ...environment, overlays: overlays.map(inExample), envFiles: [ENV_FILE] } },
    runtime: { dataFolder: SCENE.data },
    inventory: join(FOLDER, 'inventory.db'),
  }
}

const inExample = (path: string): string => join(EXAMPLE, path)

const MAKERS: Readonly<Record<string, () => Promise<string | undefined>>> = {
  'admin-key': () => readAdminKey(SCENE.data),
  hex32: async () => randomBytes(16).toString('hex'),
  random: async () => randomBytes(24).toString('base64url'),
}

/** One secret per line of the example's list, each made once and kept. */
async function writeSecrets(): Promise<void> {
  const wanted = parseEnv(await readFile(join(EXAMPLE, 'secrets.env.example'), 'utf8'))
  const known = existsSync(ENV_FILE) ? parseEnv(await readFile(ENV_FILE, 'utf8')) : {}
  const lines = Object.entries(wanted).map(async ([name, how = '']) => {
    return `${name}=${known[name] ?? (await MAKERS[how]?.()) ?? ''}`
  })
  await writePrivately(ENV_FILE, `${(await Promise.all(lines)).join('\n')}\n`)
}
