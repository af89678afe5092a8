import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { engineEnvironment } from '../../../tools/engine/engine.ts'
import { pack } from '../../../tools/packages.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What npm tells the scripts that it runs: a person's shell has none of it. */
const shell = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))

/** The packages, packed and installed into a folder that holds nothing else: no checkout, no git, a space in its path. */
export class Installed {
  readonly folder: string
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
    this.folder = root
  }

  static async create(): Promise<Installed> {
    const packed = await mkdtemp(join(tmpdir(), 'plumbline-packed-'))
    try {
      const installed = new Installed(await mkdtemp(join(tmpdir(), 'a folder of somebody else ')))
      const tarballs = Object.values(await pack(packed))
      const { code, stderr } = await installed.run(
        'npm',
        'install',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        ...tarballs,
      )
      if (code !== 0) throw new Error(stderr)
      return installed
    } finally {
      await rm(packed, { recursive: true, force: true })
    }
  }

  /** The command line by its name, as `npx plumbline` finds it. */
  plumbline = (...args: readonly string[]): Promise<Ran> => this.run(this.bin('plumbline'), ...args)

  bin = (name: string): string => join(this.folder, 'node_modules/.bin', name)

  run = (command: string, ...args: readonly string[]): Promise<Ran> => this.#run({}, command, args)

  /** Node.js on a program of the folder, or on options. */
  node = (...args: readonly string[]): Promise<Ran> => this.run(process.execPath, ...args)

  /** The real engine on the Pulumi.yaml of the folder. */
  async pulumi(...args: readonly string[]): Promise<Ran> {
    const { command, env } = await engineEnvironment(join(this.#root, 'state'))
    const sdk = join(this.folder, 'node_modules/@pulumi/pulumi')
    const path = [sdk, env.PATH].join(delimiter)
    return this.#run({ ...env, PATH: path }, command, [...args, '--non-interactive', '--color', 'never'])
  }

  async #run(env: NodeJS.ProcessEnv, command: string, args: readonly string[]): Promise<Ran> {
    const path = [dirname(process.execPath), shell.PATH].join(delimiter)
    const all = { ...shell, NO_COLOR: '1', PATH: path, ...env }
    return promisify(execFile)(command, [...args], { cwd: this.folder, env: all }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )
  }

  remove = (): Promise<void> => rm(this.#root, { recursive: true, force: true })
}
