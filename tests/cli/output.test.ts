import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../cli/commands.ts'
import { RESULTS, type ResultName } from '../../cli/output/results.ts'
import { GitHubFake } from '../forge/github-fake.ts'
import { startKube } from '../support/kube.ts'
import { outputOf } from './output.ts'
import { Project, type Ran, RUNTIME, tenant } from './project.ts'
import { openSignIn } from './sign-in.ts'

const JSON_FORMAT = ['--format', 'json'] as const
const PATIENCE_MS = 120_000
const READY = /"url": |everything is listed/

/** Names of all commands that do something, e.g. `audit verify`, as commander knows them. */
async function commands(): Promise<readonly string[]> {
  const program = new Command()
  for (const [name, { load }] of Object.entries(COMMANDS)) (await load()).define(program.command(name))
  return program.commands.flatMap((c) => (isCommand(c) ? [c.name(), ...subcommands(c)] : subcommands(c)))
}

const subcommands = (command: Command): readonly string[] =>
  command.commands.map((sub) => `${command.name()} ${sub.name()}`)

/** It does something by itself, besides what its subcommands do. */
const isCommand = (command: Command): boolean => command.commands.length === 0 || Object.hasOwn(RESULTS, command.name())

const run = (project: Project, ...args: readonly string[]) => project.run(...args, ...JSON_FORMAT)

/** With two tenants that are applied, and one of them changed behind the documents' back. */
let drifted: Project
beforeAll(async () => {
  drifted = await Project.lasting(RUNTIME, tenant('web', 8), tenant('app', 8))
  await drifted.run('apply', '--yes')
  await drifted.changePinSize('web', 4)
})
afterAll(() => drifted.remove())

/** Runs until a line says that it serves, then ends it by Ctrl-C. */
async function served(project: Project, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ran> {
  const child = project.start(env, ...args, ...JSON_FORMAT)
  const stopWhenReady = (chunk: Buffer) => READY.test(chunk.toString()) && child.kill('SIGINT')
  for (const stream of [child.stdout, child.stderr]) stream.on('data', stopWhenReady)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout, stderr }
}

async function controlled(): Promise<Ran> {
  const project = await Project.create()
  const kube = await startKube()
  try {
    const KUBECONFIG = join(project.folder, 'kubeconfig')
    await writeFile(KUBECONFIG, kube.configOf('admin').exportConfig(), { mode: 0o600 })
    return await served(project, { KUBECONFIG }, 'controller', '--admin-port', '0', '--namespace', 'default')
  } finally {
    await kube.stop()
  }
}

async function reviewed(project: Project): Promise<Ran> {
  await project.git('init', '-q')
  await project.git('add', '.')
  await project.git('commit', '-qm', 'before')
  await project.documents(RUNTIME, tenant('web', 4))
  return run(project, 'review', '--base', 'HEAD')
}

async function reviewing(project: Project): Promise<Ran> {
  const fake = await GitHubFake.start()
  const env = { PLUMBLINE_FORGE_TOKEN: 'token-of-bot', PLUMBLINE_WEBHOOK_SECRET: 'x' }
  const of = ['--repository', `${fake.site}/${fake.repository}`, '--forge', 'GitHub', '--port', '0']
  return served(project, env, 'review', 'serve', ...of).finally(() => fake.stop())
}

async function signedIn(): Promise<Ran> {
  const { login, close } = await openSignIn()
  return login(...JSON_FORMAT).finally(close)
}

async function restored(project: Project): Promise<Ran> {
  await project.run('backup', 'nightly.backup')
  return run(project, 'restore', 'nightly.backup', '--replace')
}

async function impactOf(project: Project): Promise<Ran> {
  await project.run('apply', '--yes')
  return run(project, 'impact')
}

type Success = (project: Project) => Promise<Ran>

/** How each command comes to a result. The quickstart needs the engine: tests/e2e/quickstart checks it. */
const SUCCESSES: Readonly<Record<Exclude<ResultName, 'quickstart'>, Success>> = {
  init: (project) => run(project, 'init', 'acme'),
  validate: (project) => run(project, 'validate'),
  plan: (project) => run(project, 'plan'),
  apply: (project) => run(project, 'apply', '--yes'),
  destroy: (project) => run(project, 'destroy', '--yes'),
  review: reviewed,
  'review serve': reviewing,
  impact: impactOf,
  posture: (project) => run(project, 'posture'),
  drift: (project) => run(project, 'drift'),
  log: (project) => run(project, 'log', 'Tenant/web'),
  export: (project) => run(project, 'export', '--connection', 'runtime'),
  import: async (project) => {
    await project.documents(RUNTIME, tenant('web', 8))
    return run(project, 'import', 'Tenant', 'app')
  },
  fmt: (project) => run(project, 'fmt'),
  move: (project) => run(project, 'move', 'Tenant/web', 'Tenant/portal'),
  graph: (project) => run(project, 'graph'),
  'inventory copy': (project) => run(project, 'inventory', 'copy', '.plumbline/inventory.db', 'new.db'),
  'explain-kind': (project) => run(project, 'explain-kind', 'Tenant.pin'),
  'explain login': (project) => run(project, 'explain', 'login', '--tenant', 'web', '--what-if', '.'),
  schema: (project) => run(project, 'schema', 'Output'),
  crds: (project) => run(project, 'crds'),
  serve: (project) => served(project, {}, 'serve', '--port', '0', '--admin-port', '0'),
  login: signedIn,
  'users import': async (project) => {
    await project.run('apply', '--yes')
    const jane = { user_id: 'jane', username: 'jane', email: 'jane@example.com' }
    await writeFile(join(project.folder, 'people.jsonl'), JSON.stringify(jane))
    return run(project, 'users', 'import', 'people.jsonl', '--tenant', 'web')
  },
  'admin-key create': (project) => run(project, 'admin-key', 'create'),
  'admin-key rotate': (project) => run(project, 'admin-key', 'rotate'),
  'audit verify': (project) => run(project, 'audit', 'verify'),
  backup: (project) => run(project, 'backup', 'nightly.backup'),
  restore: restored,
  controller: controlled,
  completion: (project) => run(project, 'completion', 'bash'),
  doctor: (project) => run(project, 'doctor'),
}

/** What each command cannot do, besides arguments that it does not know. Without an entry it has no way to fail here. */
const FAILURES: Partial<Readonly<Record<ResultName, readonly string[]>>> = {
  init: ['.', '--organization', 'Not An Id'],
  plan: ['--project', 'missing.yaml'],
  apply: ['missing.plan'],
  destroy: ['--environment', 'nowhere'],
  review: ['--base', 'nowhere'],
  drift: ['--environment', 'nowhere'],
  log: ['Tenant/nobody'],
  export: ['--connection', 'nowhere'],
  import: ['Tenant', 'nobody'],
  fmt: ['missing.yaml'],
  move: ['Tenant/nobody', 'Tenant/other'],
  graph: ['--environment', 'nowhere'],
  'inventory copy': ['missing.db'],
  'explain-kind': ['Tennant'],
  'explain login': ['--tenant', 'web', '--connection', 'nowhere'],
  completion: ['tcsh'],
  schema: ['Tennant'],
  crds: ['--out', 'plumbline.yaml'],
  serve: ['--host', 'no.such.host.invalid', '--port', '0'],
  login: ['--issuer', 'nowhere', '--client', 'cli'],
  'users import': ['missing.json', '--tenant', 'web'],
  'admin-key rotate': ['--data', 'nowhere'],
  'audit verify': ['--data', 'nowhere'],
  backup: ['--data', 'nowhere', 'nightly.backup'],
  restore: ['missing.backup'],
  controller: ['--runtime', 'external'],
}

describe('--format json', () => {
  it('is described for every command', async () => {
    expect((await commands()).toSorted()).toEqual(Object.keys(RESULTS).toSorted())
  })

  it.each(Object.entries(SUCCESSES))(
    'of %s is one value of its schema',
    { timeout: PATIENCE_MS },
    async (name, succeed) => {
      const { stdout, stderr } = await succeed(await drifted.copy())
      expect(() => outputOf(name as ResultName, stdout), stderr).not.toThrow()
    },
  )

  it.each(Object.entries(FAILURES))('of %s that cannot do it is one failure', async (name, args) => {
    const { code, stdout } = await run(await Project.create(RUNTIME), ...name.split(' '), ...args)
    expect([code, outputOf('failure', stdout)]).toEqual([1, { error: expect.anything() }])
  })

  it.each(Object.keys(RESULTS))('of %s with an option that it does not know is one failure', async (name) => {
    const { code, stdout } = await run(await Project.empty(), ...name.split(' '), '--no-such-option')
    expect([code, outputOf('failure', stdout)]).toMatchObject([1, { error: { code: 'USAGE' } }])
  })

  it.each([
    [['no-such-command', '--format', 'json'], "unknown command 'no-such-command'"],
    [['audit', '--format=json'], "unknown option '--format=json'"],
    [['--format=json'], "unknown option '--format=json'"],
    [['backup', '--format=json'], "missing required argument 'file'"],
    [['export', '--format', 'text', '--format', 'json'], "required option '-c, --connection <name>' not specified"],
    [['plan', '--allow', 'everything', '--format', 'json'], "argument 'everything' is invalid"],
    [['plan', '--format', 'json', '--inventory'], 'argument missing'],
  ])('of a mistake in the arguments %j is one failure', async (args, message) => {
    const { code, stdout } = await (await Project.empty()).run(...args)
    expect(code).toBe(1)
    expect(outputOf('failure', stdout)).toMatchObject({
      error: { code: 'USAGE', message: expect.stringContaining(message) },
    })
  })

  it('suggests the option that was meant', async () => {
    const { stdout } = await (await Project.empty()).run('plan', '--fromat', 'json', '--format', 'json')
    expect(outputOf('failure', stdout)).toMatchObject({ error: { help: 'Did you mean --format?' } })
  })

  it('of a command that fails after its remarks is still one value', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 99))
    for (const command of ['plan', 'apply', 'drift']) {
      const { stdout } = await run(project, command)
      expect(outputOf('failure', stdout)).toMatchObject({ diagnostics: [{ pointer: '/spec/pin/size' }] })
    }
  })
})
