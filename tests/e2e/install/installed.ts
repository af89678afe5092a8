import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { engineEnvironment } from '../../../engine/engine.ts'
import { pack } from '../../../tools/packages.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What npm tells the scripts that it runs: a person's shell has none of it. */
const shell = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
  NO_COLOR: '1',
  // What the packages need is there since the checkout was installed; the network is asked for what is not.
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
}

const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)

/** The packages, packed and installed into a folder that holds nothing else: no checkout, no git, a space in its path. */
export class Installed {
  readonly folder: string
  readonly #root: string
  #tarballs: Readonly<Record<string, string>> = {}

  private constructor(root: string) {
    this.#root = root
    this.folder = join(root, 'here')
  }

  static async create(): Promise<Installed> {
    const installed = new Installed(await mkdtemp(join(tmpdir(), 'a folder of somebody else ')))
    await mkdir(installed.folder)
    installed.#tarballs = await pack(join(installed.#root, 'packed'))
    const { code, stderr } = await installed.run('npm', 'install', ...Object.values(installed.#tarballs))
    if (code !== 0) throw new Error(stderr)
    return installed
  }

  /**
   * Lines that a person types into a shell in an empty folder, one after the other, with the packed packages in place of the
   * published ones. Returns the exit code of each line, and what all of them printed.
   */
  async typed(lines: readonly string[]): Promise<{ readonly codes: readonly number[]; readonly output: string }> {
    const folder = await mkdtemp(join(this.#root, 'an empty folder '))
    const prefix = join(this.#root, 'global')
    const script = lines.map((line) => `${this.#packed(line)}\necho "code $?"`).join('\n')
    const env = { npm_config_prefix: prefix, PATH: [join(prefix, 'bin'), PATH].join(delimiter) }
    const { stdout } = await this.#run(env, 'bash', ['-c', script], folder)
    return { codes: [...stdout.matchAll(/^code (\d+)$/gm)].map(([, code]) => Number(code)), output: stdout }
  }

  #packed = (line: string): string =>
    line.replace(/@plumbline-dev\/(\w+)/g, (whole, name) => `'${this.#tarballs[name] ?? whole}'`)

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

  async #run(
    env: NodeJS.ProcessEnv,
    command: string,
    args: readonly string[],
    cwd: string = this.folder,
  ): Promise<Ran> {
    return promisify(execFile)(command, [...args], { cwd, env: { ...shell, PATH, ...env } }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )
  }

  remove = (): Promise<void> => rm(this.#root, { recursive: true, force: true })
}
