import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PlumblineError } from '../config/errors.ts'
import { buildTool } from './build.ts'
import { download } from './download.ts'
import { builtPath, downloadedPath } from './places.ts'
import { ENGINE_TOOLS, type Tool, type ToolName } from './tools.ts'

export type { ToolName } from './tools.ts'

export interface EnsureOptions {
  /** One line for a person, at most about one a second. */
  readonly onProgress?: (line: string) => void
}

/** A program that is there, and where it comes from. */
export interface FoundTool {
  readonly path: string
  readonly from: 'PATH' | 'download' | 'build'
}

/**
 * The absolute path of a program: from the PATH when its version fits, else from the cache, else downloaded there where
 * it has an official download and the network gives it, else built from the Go modules beside this file. Throws IO with
 * what to install when none of these works.
 */
export async function ensureTool(name: ToolName, { onProgress = () => {} }: EnsureOptions = {}): Promise<string> {
  const found = await findTool(name)
  if (found !== undefined) return found.path
  const downloaded = (await download(name, onProgress)) ? await findTool(name) : undefined
  if (downloaded !== undefined) return downloaded.path
  const target = await builtPath(name)
  if (target === undefined) throw notOnPath(name)
  return buildTool(name, target, onProgress)
}

/** Like `ensureTool`, but downloads and builds nothing; `undefined` when the program is neither on the PATH nor in the cache. */
export async function findTool(name: ToolName): Promise<FoundTool | undefined> {
  const places = [
    { from: 'PATH', path: await findOnPath(name) },
    { from: 'download', path: await executable(downloadedPath(name)) },
    { from: 'build', path: await executable(await builtPath(name)) },
  ] as const
  return places.map(({ from, path }) => path && { from, path }).find((found) => found !== undefined) || undefined
}

const executable = async (file: string | undefined): Promise<string | undefined> =>
  file !== undefined && (await isExecutable(file)) ? file : undefined

const notOnPath = (name: ToolName): PlumblineError =>
  new PlumblineError('IO', `${name} is not on the PATH`, { help: `Install ${ENGINE_TOOLS[name].install}.` })

async function findOnPath(name: ToolName): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = resolve(folder, name)
    if (folder !== '' && (await isExecutable(file)) && (await hasGoodVersion(ENGINE_TOOLS[name], file))) return file
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

async function passphraseFile(folder: string): Promise<string> {
  const file = join(folder, 'passphrase')
  await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  return file
}
