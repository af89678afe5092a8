// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${name}` is the syntax under test.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Project, portal, tenant } from './project.ts'
import { type LiveService, liveService } from './services.ts'

const VAULT = `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: runtime}
spec:
  system: SecretsVault
  endpoint: \${url}
  credentials: {apiKey: {fromEnv: "\${keyName}"}}
`

const client = (version: number): string =>
  portal(`  type: Confidential\n  clientSecret: {fromEnv: CS, version: ${version}}\n`)

const BOT = `apiVersion: plumbline.dev/v1alpha1
kind: ApiKey
metadata: {name: bot}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  displayName: Bot
  scopes: ['users:read']
  writeTo: {file: bot.key}
`

/** A project with environments dev (the default one) and prod, each with a service of its own. */
class Estate {
  readonly dev: LiveService
  readonly prod: LiveService
  readonly project: Project

  private constructor(dev: LiveService, prod: LiveService, project: Project) {
    this.dev = dev
    this.prod = prod
    this.project = project
  }

  static async create(...documents: readonly string[]): Promise<Estate> {
    const [dev, prod] = [await liveService(), await liveService()]
    const estate = new Estate(dev, prod, await Project.create(VAULT, tenant('web', 8), ...documents))
    await estate.point(dev, prod)
    return estate
  }

  /** Writes the project file; `dev` and `prod` are where the environments point. */
  point = (dev: LiveService, prod: LiveService): Promise<void> =>
    this.project.write(
      'plumbline.yaml',
      `apiVersion: plumbline.dev/v1alpha1
kind: Project
name: test
paths: [documents]
defaultEnvironment: dev
environments:
  dev: {variables: {url: "${dev.url}", keyName: ${this.#keyOf(dev)}}}
  prod: {variables: {url: "${prod.url}", keyName: ${this.#keyOf(prod)}}}
`,
    )

  #keyOf = (service: LiveService): string => (service === this.dev ? 'DEV_KEY' : 'PROD_KEY')

  run = (...args: readonly string[]) =>
    this.project.runWith(
      { DEV_KEY: this.dev.key, PROD_KEY: this.prod.key, CS: 'a-secret-of-forty-characters-0123456789ab' },
      ...args,
    )
}

describe('environments', () => {
  it('share no memory: what was applied to one is new to the other', async () => {
    const estate = await Estate.create(client(1), BOT)
    expect(await estate.run('apply', '--yes', '-e', 'dev')).toMatchObject({ code: 0 })
    const { code, stdout } = await estate.run('plan', '-e', 'prod')
    expect(code).toBe(2)
    expect(stdout).toContain('Plan: 3 to create')
    expect(stdout).not.toContain('drift')
    expect(stdout).not.toContain('vanished')
  })

  it('count nothing write-only as sent that was sent to another one', async () => {
    const estate = await Estate.create(client(1), BOT)
    expect(await estate.run('apply', '--yes', '-e', 'dev')).toMatchObject({ code: 0 })
    await estate.project.documents(
      VAULT,
      tenant('web', 8),
      client(1).replace('CS', 'DEV_KEY'),
      BOT.replace('bot.key', 'other.key'),
    )
    expect(await estate.run('apply', '--yes', '-e', 'prod')).toMatchObject({ code: 0 })
    await estate.project.documents(VAULT, tenant('web', 8), client(2), BOT)
    expect(await estate.run('apply', '--yes', '-e', 'dev')).toMatchObject({ code: 0 })
    const { code, stdout } = await estate.run('plan', '-e', 'prod')
    expect(code).toBe(2)
    expect(stdout).toContain('~ Client/portal')
  })

  it('take over what another memory made only when told so, and send its secrets anew', async () => {
    const estate = await Estate.create(client(1), BOT)
    await estate.run('apply', '--yes', '-e', 'dev')
    await estate.point(estate.prod, estate.dev)
    await estate.run('apply', '--yes', '-e', 'dev')
    await estate.point(estate.dev, estate.prod)
    const untold = await estate.run('plan', '-e', 'prod')
    expect(untold.code).toBe(1)
    expect(untold.stdout).toContain('plumbline apply --take-over inventory:')
    const { code, stdout } = await estate.run('plan', '-e', 'prod', '--take-over')
    expect(code).toBe(2)
    expect(stdout).toContain('> Client/portal')
    expect(stdout).toContain('/clientSecret')
    expect(stdout).toContain('> ApiKey/bot')
  })

  it('that are pointed at another system find nothing vanished there', async () => {
    const estate = await Estate.create(client(1))
    await estate.run('apply', '--yes')
    await estate.point(estate.prod, estate.dev)
    const { stdout } = await estate.run('plan')
    expect(stdout).toContain('Plan: 2 to create')
    expect(stdout).not.toContain('vanished')
    await estate.point(estate.dev, estate.prod)
    expect((await estate.run('plan')).stdout).toContain('Plan: 2 unchanged.')
  })

  it('write what is shown once to a file of their own', async () => {
    const estate = await Estate.create(BOT.replace('bot.key', '"keys/${environment}.key"'))
    await estate.run('apply', '--yes')
    await estate.run('apply', '--yes', '-e', 'prod')
    const keyOf = (environment: string) => readFile(join(estate.project.folder, `keys/${environment}.key`), 'utf8')
    expect(await keyOf('dev')).not.toBe(await keyOf('prod'))
  })

  it('are told when they would share a file for what was applied', async () => {
    const estate = await Estate.create()
    const file = await readFile(join(estate.project.folder, 'plumbline.yaml'), 'utf8')
    await estate.project.write('plumbline.yaml', `${file}inventory: state.db\n`)
    const { code, stderr } = await estate.run('plan')
    expect(code).toBe(1)
    expect(stderr).toContain(
      '/inventory: the environments dev, prod would share what was applied; write ${environment} in the path',
    )
    await estate.project.write('plumbline.yaml', `${file}inventory: "state/\${environment}.db"\n`)
    expect((await estate.run('plan')).code).toBe(2)
    expect(existsSync(join(estate.project.folder, 'state/dev.db'))).toBe(true)
  })
})
