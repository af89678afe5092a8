import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { SCENE } from '../../../cli/quickstart/scene.ts'
import { tamper } from '../../../cli/quickstart/tamper.ts'
import { readDocuments } from '../../../config/project/documents.ts'
import { outputOf } from '../../cli/output.ts'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const PATIENCE_MS = 600_000
const MOST_LINES = 40

/** Runs `npm start` with these arguments, as the README says. */
const start = (...args: readonly string[]) =>
  spawn('npm', ['start', '--', ...args], { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe'] })

async function run(...args: readonly string[]) {
  const child = start(...args)
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { stdout, stderr, code }
}

async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((e) => e.isFile()).map((e) => resolve(e.parentPath, e.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

const DRIFT = /~ PasswordOrgConfig\/\S+ {2}update \(drift\)\n {4}\/digitToken\/length {2}\d+ → \d+ {2}\(\w+\)\n/

describe('npm start', () => {
  let first: Awaited<ReturnType<typeof run>>
  beforeAll(async () => {
    first = await run('--once', '--fresh')
  }, PATIENCE_MS)

  it('brings all five systems up with the real engine, finds drift, corrects it and ends in under 40 lines', () => {
    const { code, stdout, stderr } = first
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^pulumi up +\d+ created or adopted$/m)
    expect(stdout).toMatch(DRIFT)
    expect(stdout).toMatch(/^pulumi up --refresh +1 updated, \d+ unchanged$/m)
    expect(stdout).toMatch(/^pulumi preview --refresh +no changes/m)
    expect(stdout.trimEnd().split('\n').length).toBeLessThan(MOST_LINES)
  })

  it('leaves no secret in its output or in the state of the engine', async () => {
    const written = first.stdout + first.stderr + (await everythingIn(SCENE.state))
    const secrets = parseEnv(await readFile(join(SCENE.folder, 'quickstart.env'), 'utf8'))
    for (const secret of Object.values(secrets)) expect(written.includes(secret ?? '')).toBe(false)
  })

  it(
    'goes on with its data, serves, shows drift when it appears, and ends on Ctrl-C',
    async () => {
      const child = spawn(process.execPath, ['bin/plumbline.mjs', 'quickstart'], {
        cwd: REPOSITORY,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = new Promise<number | null>((done) => child.once('close', done))
      const seen: string[] = []
      for await (const line of createInterface(child.stdout)) {
        seen.push(line)
        const url = /^Serving (http:\S+) /.exec(line)?.[1]
        if (url !== undefined) await tamper(url, readDocuments({ project: SCENE.project }, {}))
        if (url === undefined && seen.some((l) => l.startsWith('Serving')) && line.startsWith('1 object has drifted'))
          break
      }
      child.kill('SIGINT')
      expect(await ended).toBe(0)
      expect(seen.join('\n')).toMatch(/^pulumi up +\d+ unchanged$/m)
    },
    PATIENCE_MS,
  )

  it(
    'tells programs the same as one JSON value',
    async () => {
      const args = ['bin/plumbline.mjs', 'quickstart', '--once', '--format', 'json']
      const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'ignore'] })
      const told = outputOf('quickstart', await text(child.stdout))
      expect(told).toMatchObject({ changed: { field: 'digitTokenLength' }, corrected: { update: 1 } })
    },
    PATIENCE_MS,
  )
})
