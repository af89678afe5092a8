import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PlumblineError } from '../../config/errors.ts'
import { buildTool } from './build.ts'
import { TOOLS, type Tool, type ToolName } from './tools.ts'

export type { ToolName } from './tools.ts'

export interface EnsureOptions {
  /** One line for a person, at most about one a second. */
  readonly onProgress?: (line: string) => void
}

/**
 * The absolute path of a program: from the PATH when its version fits, else from the cache, else built there from the
 * Go modules beside this file. Throws IO with what to install when none of these works.
 */
export async function ensureTool(name: ToolName, options: EnsureOptions = {}): Promise<string> {
  const found = await findTool(name)
  if (found !== undefined) return found
  const target = await cachedPath(name)
  if (target === undefined) throw notOnPath(name)
  return buildTool(name, target, options.onProgress ?? (() => {}))
}

/** Like `ensureTool`, but never builds; `undefined` when the program is neither on the PATH nor in the cache. */
export async function findTool(name: ToolName): Promise<string | undefined> {
  const onPath = await findOnPath(name)
  if (onPath !== undefined) return onPath
  const cached = await cachedPath(name)
  return cached !== undefined && (await isExecutable(cached)) ? cached : undefined
}

const notOnPath = (name: ToolName): PlumblineError =>
  new PlumblineError('IO', `${name} is not on the PATH`, { help: `Install ${TOOLS[name].install}.` })

async function findOnPath(name: ToolName): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = resolve(folder, name)
    if (folder !== '' && (await isExecutable(file)) && (await hasGoodVersion(TOOLS[name], file))) return file
  }
  return undefined
}

async function hasGoodVersion({ probe }: Tool, file: string): Promise<boolean> {
  if (probe === undefined) return true
  const answer = await promisify(execFile)(file, [...probe.args], { timeout: 30_000 }).catch(() => undefined)
  return answer !== undefined && probe.accepts.test(answer.stdout)
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

/** The pinned sources decide the place, so that a changed pin is built anew; `undefined` where they are not, as in the container. */
async function cachedPath(name: ToolName): Promise<string | undefined> {
  const sums = await readFile(new URL(`./${name}/go.sum`, import.meta.url)).catch(absent)
  if (sums === undefined) return undefined
  const pin = createHash('sha256').update(sums).digest('hex').slice(0, 12)
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'plumbline', 'tools', `${name}-${TOOLS[name].version}-${pin}`, name)
}

export interface Engine {
  /** Absolute path of the Pulumi command. */
  readonly command: string
  /** The environment to run it in. */
  readonly env: NodeJS.ProcessEnv
}

/**
 * The Pulumi engine over a folder as its backend: no account, no network. The folder holds the state and a generated
 * passphrase (mode 0600) for the secrets in it; settings that the caller's environment has already are kept.
 */
export async function engineEnvironment(stateFolder: string, options: EnsureOptions = {}): Promise<Engine> {
  const command = await ensureTool('pulumi', options)
  const languageHost = await ensureTool('pulumi-language-nodejs', options)
  const folder = resolve(stateFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = [dirname(command), dirname(languageHost), dirname(process.execPath), dynamicProviderFolder()]
  const defaults = {
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_HOME: join(folder, 'home'),
    PULUMI_SKIP_UPDATE_CHECK: '1',
    ...(process.env.PULUMI_CONFIG_PASSPHRASE === undefined
      ? { PULUMI_CONFIG_PASSPHRASE_FILE: await passphraseFile(folder) }
      : {}),
  }
  const env = { ...defaults, ...process.env, PATH: [...path, process.env.PATH ?? ''].join(delimiter) }
  return { command, env }
}

/** Holds `pulumi-resource-pulumi-nodejs`, the plugin in which dynamic providers run. */
const dynamicProviderFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('@pulumi/pulumi/package.json'))

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function passphraseFile(folder: string): Promise<string> {
  const file = join(folder, 'passphrase')
  await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  return file
}
