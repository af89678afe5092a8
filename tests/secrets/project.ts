import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { COMMAND } from '../command.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What a command wrote, both streams together. */
export interface Written {
  readonly what: string
  readonly code: number | null
  readonly text: string
}

type Environment = Readonly<Record<string, string>>

/** Login methods with the secret fields that acme does not use. */
const LOGINS = [
  ['Facebook', 'facebook', 'clientSecret'],
  ['LinkedIn', 'linkedIn', 'clientSecret'],
  ['Paypal', 'paypal', 'clientSecret'],
  ['Twitter', 'twitter', 'clientSecret'],
  ['Ldap', 'ldap', 'password'],
].map(
  ([type, block, field]) => `apiVersion: plumbline.dev/v1alpha1
kind: CimLoginMethod
metadata: {name: planted-${type?.toLowerCase()}}
spec:
  connectionRef: {name: cim}
  type: ${type}
  displayName: ${type}
  ${block}: {${field}: {fromEnv: PLANTED_${type?.toUpperCase()}}}
`,
)

/** A copy of acme, with a document for every secret field of the language, in a temporary folder. */
export class PlantedProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'plumbline-secrets-'))
  readonly written: Written[] = []

  constructor() {
    cpSync(join(ROOT, 'examples/acme'), this.folder, {
      recursive: true,
      filter: (path) => !path.includes('.plumbline'),
    })
    this.write('documents/planted.yaml', LOGINS.join('---\n'))
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text)
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8').trim()
  }

  /** Runs the real command line in the project and keeps what it writes. */
  async run(args: readonly string[], env: Environment): Promise<Written> {
    const child = this.#spawn(args, env)
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    const result = { what: `plumbline ${args.join(' ')}`, code, text: Buffer.concat(chunks).toString() }
    this.written.push(result)
    return result
  }

  /** Serves the project's runtime with its request log while `work` runs; keeps what it writes. */
  async serving(env: Environment, work: (url: string) => Promise<void>): Promise<void> {
    const child = this.#spawn(['serve', '--port', '0'], env)
    const chunks: string[] = []
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
    const url = await new Promise<string>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        chunks.push(line)
        const found = /^Serving on (\S+)$/.exec(line)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    try {
      await work(url)
    } finally {
      child.kill('SIGINT')
      this.written.push({ what: 'plumbline serve', code: await closed, text: chunks.join('\n') })
    }
  }

  #spawn(args: readonly string[], env: Environment) {
    return spawn(process.execPath, [...COMMAND, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: this.folder, PLUMBLINE_DEBUG: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
