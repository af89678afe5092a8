import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parse } from 'yaml'

interface Step {
  readonly id: string
  readonly shell: string
  readonly env: Readonly<Record<string, string>>
  readonly run: string
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

export const ACTION = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as Action

export interface ActionRun {
  readonly code: number | null
  readonly output: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

export interface ActionOptions {
  readonly folder: string
  readonly inputs: Readonly<Record<string, string>>
  /** Values of `${{ github.… }}` in defaults. */
  readonly github: Readonly<Record<string, string>>
  readonly env: NodeJS.ProcessEnv
}

/** Runs the steps of the action as a runner does: inputs with their defaults, `bash -eo pipefail`, files for summary and outputs. */
export async function runAction({ folder, inputs, github, env }: ActionOptions): Promise<ActionRun> {
  const temp = await mkdtemp(join(tmpdir(), 'plumbline-runner-'))
  try {
    const context: Record<string, string> = { ...github }
    for (const [name, { default: value }] of Object.entries(ACTION.inputs))
      context[`inputs.${name}`] = inputs[name] ?? filled(value, context)
    const files = { GITHUB_STEP_SUMMARY: join(temp, 'summary'), GITHUB_OUTPUT: join(temp, 'output') }
    for (const file of Object.values(files)) await writeFile(file, '')
    let [code, output]: [number | null, string] = [0, '']
    for (const step of ACTION.runs.steps) {
      if (code !== 0) break
      const own = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, filled(value, context)]))
      const run = await bash(step.run, folder, { ...env, ...files, RUNNER_TEMP: temp, ...own })
      code = run.code
      output += run.output
    }
    const lines = (await readFile(files.GITHUB_OUTPUT, 'utf8')).trim().split('\n')
    const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
    return { code, output, summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8'), outputs }
  } finally {
    await rm(temp, { recursive: true, force: true })
  }
}

/** Expressions are names here; what is unknown is empty, as on a runner. */
const filled = (value: string, context: Readonly<Record<string, string>>): string =>
  value.replace(/\$\{\{ (.+?) \}\}/g, (_whole, name) => context[name] ?? '')

async function bash(script: string, cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd, env })
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, output: stdout + stderr }
}
