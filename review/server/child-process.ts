import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { PlumblineError } from '../../config/errors.ts'
import { CREDENTIAL_VARIABLES } from '../../forge/credentials.ts'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line in a folder. `secrets`: it gets the environment of the server, without what the server itself needs. */
export type Plumbline = (folder: string, args: readonly string[], secrets: boolean) => Promise<Ran>

/** What a program needs to run at all. */
const PLAIN = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']
const OURS: readonly string[] = [...CREDENTIAL_VARIABLES, 'PLUMBLINE_REVIEW_STORE', 'PLUMBLINE_TRUST']

/** The command line as a process of its own: it ends with its work, and what it reads is its own. `command`: program and first arguments. */
export function plumblineAt(command: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Plumbline {
  const plain = Object.fromEntries(PLAIN.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
  const whole = Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.includes(name)))
  return async (folder, args, secrets) => {
    signal.throwIfAborted()
    const [program = process.execPath, ...first] = command
    const child = spawn(program, [...first, ...args], {
      cwd: folder,
      env: { ...(secrets ? whole : plain), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stop = () => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    try {
      const ended = new Promise<number | null>((done, fail) => {
        child.once('error', fail)
        child.once('close', done)
      })
      const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
      signal.throwIfAborted()
      return { code, stdout, stderr }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

/** The value that a command printed as JSON; its failure is thrown. */
export function resultIn<T>({ stdout, stderr, code }: Ran): T {
  const value = parsed(stdout) as T & {
    readonly error?: { code: PlumblineError['code']; message: string; help?: string }
  }
  if (value?.error === undefined && value !== undefined) return value
  const {
    code: kind,
    message,
    help,
  } = value?.error ?? {
    code: 'INTERNAL' as const,
    message: `the command ended with ${code}: ${stderr.trim().split('\n').at(-1)}`,
  }
  throw new PlumblineError(kind, message, help === undefined ? {} : { help })
}

function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}
