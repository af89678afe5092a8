import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Project, tenant } from './project.ts'
import { type LiveService, liveService } from './services.ts'

/** Somebody's address: keeps all that arrives there. */
async function stranger() {
  const arrived: string[] = []
  const server = createServer((request, response) => {
    arrived.push(JSON.stringify(request.headers))
    response.writeHead(401).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived }
}

const connection = (name: string, url: string, apiKey: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: ${name}}
spec:
  system: SecretsVault
  endpoint: ${url}
  credentials: {apiKey: ${apiKey}}
`
const behind = (name: string): string => tenant(`of-${name}`, 8).replace('name: runtime', `name: ${name}`)
const OURS = '{fromEnv: VAULT_KEY}'
const TAKEN = 'marked-9d21'

/** A repository whose main branch holds a Connection to our service and a tenant, on a branch that adds documents. */
class Repository {
  readonly project: Project
  readonly service: LiveService

  private constructor(project: Project, service: LiveService) {
    this.project = project
    this.service = service
  }

  static async onBranch(...added: readonly string[]): Promise<Repository> {
    const service = await liveService()
    const base = [connection('vault', service.url, OURS), behind('vault')]
    const repository = new Repository(await Project.create(...base), service)
    repository.git('init', '-q', '-b', 'main')
    repository.commit()
    repository.git('switch', '-q', '-c', 'feature')
    await repository.project.documents(...base, ...added)
    repository.commit()
    return repository
  }

  git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: this.project.folder,
      encoding: 'utf8',
    })

  commit(): void {
    this.git('add', '-A')
    this.git('commit', '-q', '--allow-empty', '-m', 'change')
  }

  run = (...args: readonly string[]) =>
    this.project.runWith({ VAULT_KEY: this.service.key, AWS_SECRET_ACCESS_KEY: TAKEN, OTHER: TAKEN }, ...args)
}

describe('a branch that adds a Connection', () => {
  it.each([
    ['a variable of the pipeline', '{fromEnv: OTHER}'],
    ['a credential of a cloud', '{fromEnv: AWS_SECRET_ACCESS_KEY}'],
    ['a file outside of the project', '{fromFile: ../../../etc/passwd}'],
  ])('sends %s to nobody', async (_, apiKey) => {
    const { url, arrived } = await stranger()
    const repository = await Repository.onBranch(connection('evil', url, apiKey), behind('evil'))
    const { code, stdout } = await repository.run('plan', '--format', 'markdown')
    expect(code).toBe(1)
    expect(stdout).toContain('the Connection evil is not followed: it is not in main')
    expect(stdout).toContain('of-vault')
    expect(arrived).toEqual([])
  })

  it('does not send it either while it is not committed', async () => {
    const { url, arrived } = await stranger()
    const repository = await Repository.onBranch()
    await repository.project.write(
      'documents/evil.yaml',
      `${connection('evil', url, '{fromEnv: OTHER}')}---\n${behind('evil')}`,
    )
    repository.git('checkout', '-q', '--detach', 'main')
    expect((await repository.run('plan')).stdout).toContain('the Connection evil is not followed: it is not in HEAD')
    expect(arrived).toEqual([])
  })

  it('is followed once it is merged, and by who trusts the checkout or the branch', async () => {
    const { url, arrived } = await stranger()
    const repository = await Repository.onBranch(connection('new', url, '{fromEnv: OTHER}'), behind('new'))
    for (const trust of ['.', 'HEAD']) {
      await repository.run('plan', '--trust', trust)
      expect(arrived.splice(0).join()).toContain(TAKEN)
    }
    repository.git('switch', '-q', 'main')
    repository.git('merge', '-q', 'feature')
    await repository.run('plan')
    expect(arrived.join()).toContain(TAKEN)
  })

  it('cannot point a known one elsewhere, by its document, a variable or an overlay', async () => {
    const { url, arrived } = await stranger()
    const repository = await Repository.onBranch(connection('vault', url, OURS))
    await repository.project.documents(connection('vault', url, OURS), behind('vault'))
    const { stdout } = await repository.run('plan', '--trust', 'main')
    expect(stdout).toContain('the Connection vault is not followed: it differs from main')
    expect(arrived).toEqual([])
  })

  it('cannot allow itself secrets or places, and its links are not followed', async () => {
    const { url, arrived } = await stranger()
    const repository = await Repository.onBranch()
    const file = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n'
    const wider = `${file}secrets: {allow: {env: [AWS_SECRET_ACCESS_KEY], files: [/]}}\ninventory: postgres://${url.slice(7)}/x\n`
    await repository.project.write('plumbline.yaml', wider)
    await repository.project.documents(
      connection('vault', repository.service.url, OURS),
      `apiVersion: plumbline.dev/v1alpha1
kind: Client
metadata: {name: portal}
spec:
  connectionRef: {name: vault}
  tenantRef: {id: web}
  displayName: Portal
  clientSecret: {fromEnv: AWS_SECRET_ACCESS_KEY}
`,
    )
    repository.commit()
    const { code, stdout } = await repository.run('plan', '--trust', 'main')
    expect(code).toBe(1)
    expect(stdout).toContain('the environment variable AWS_SECRET_ACCESS_KEY may not be read as a secret')
    expect(arrived).toEqual([])
  })

  it('is not trusted by a clone that knows no reviewed branch', async () => {
    const { url, arrived } = await stranger()
    const repository = await Repository.onBranch(connection('evil', url, '{fromEnv: OTHER}'), behind('evil'))
    repository.git('checkout', '-q', '--detach')
    repository.git('branch', '-q', '-D', 'main', 'feature')
    expect((await repository.run('plan')).stdout).toContain('nobody can tell which revision was reviewed')
    expect(arrived).toEqual([])
  })

  it('runs no hook and no filter of its own while the other revision is read', async () => {
    const repository = await Repository.onBranch()
    const ran = join(repository.project.folder, 'ran')
    await repository.project.write('.gitattributes', '* filter=evil diff=evil\n')
    for (const key of ['filter.evil.smudge', 'filter.evil.clean', 'diff.evil.textconv', 'core.fsmonitor'])
      repository.git('config', key, `touch ${ran}`)
    await repository.run('plan', '--trust', 'main')
    expect(execFileSync('ls', [repository.project.folder], { encoding: 'utf8' })).not.toContain('ran')
  })
})

describe('--trust', () => {
  it('wants a revision that is there', async () => {
    const repository = await Repository.onBranch()
    expect((await repository.run('plan', '--trust', 'mian')).stderr).toContain('there is no revision mian')
    expect((await repository.run('plan', '--trust=--all')).stderr).toContain('there is no revision --all')
  })

  it('wants a repository', async () => {
    const project = await Project.create(connection('vault', 'http://127.0.0.1:9', OURS))
    expect((await project.run('plan', '--trust', 'main')).stderr).toContain('is in no git repository')
  })
})

describe('secrets', () => {
  it('come only from the files and variables that the project allows', async () => {
    const { url, arrived } = await stranger()
    const project = await Project.create(connection('vault', url, '{fromEnv: AWS_SECRET_ACCESS_KEY}'), behind('vault'))
    const run = () => project.runWith({ AWS_SECRET_ACCESS_KEY: TAKEN }, 'plan')
    expect((await run()).stdout).toContain('add it to secrets.allow.env of the project file')
    expect(arrived).toEqual([])
    const file = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n'
    await project.write('plumbline.yaml', `${file}secrets: {allow: {env: ['AWS_SECRET_*']}}\n`)
    await run()
    expect(arrived.join()).toContain(TAKEN)
  })

  it('do not come from a file outside, also behind a link', async () => {
    const { url, arrived } = await stranger()
    const project = await Project.create(connection('vault', url, '{fromFile: keys/passwd}'), behind('vault'))
    await symlink('/etc', join(project.folder, 'keys'))
    expect((await project.run('plan')).stdout).toContain('outside the folders that secrets may come from')
    const file = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n'
    await project.write('plumbline.yaml', `${file}secrets: {allow: {files: [., /etc]}}\n`)
    await project.run('plan')
    expect(arrived.length).toBeGreaterThan(0)
  })
})
