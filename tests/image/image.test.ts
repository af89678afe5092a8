import { execFile, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { entrypoint, IMAGE } from '../../tools/image.ts'
import { reviewedIn } from './reviewing.ts'

/** TypeScript below a path. */
const filesIn = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { recursive: true }).catch(() => [])).filter((f) => f.endsWith('.ts')).map((f) => join(path, f))

/** The container file, followed by hand: each stage is a folder that holds what the recipe copies, and nothing else. */
describe('the image', () => {
  let root: string
  let command: readonly string[]
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'plumbline-image-'))
    const build = join(root, 'build')
    for (const path of IMAGE.sources) await cp(path, join(build, path), { recursive: true })
    await symlink(resolve('node_modules'), join(build, 'node_modules'))
    await promisify(execFile)('npm', ['run', 'build'], { cwd: build })
    for (const path of IMAGE.contents)
      await cp(join(build, path), join(root, path), { recursive: true, dereference: true })
    await rm(build, { recursive: true })
    command = entrypoint(join(root, 'dist'))
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  const run = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [...command, ...args], { cwd: root })).stdout

  /** Until the process is told to stop. */
  async function serving(work: (url: string, key: string) => Promise<void>): Promise<void> {
    const data = join(root, 'data')
    const args = [...command, 'serve', '--quiet', '--port', '0', '--data', data]
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    const closed = once(child, 'close')
    try {
      for await (const line of createInterface(child.stdout)) {
        const url = /^Serving on (\S+)$/.exec(line)?.[1]
        if (url === undefined) continue
        await work(url, (await readFile(join(data, 'admin.key'), 'utf8')).trim())
        break
      }
    } finally {
      child.kill('SIGINT')
      await closed
    }
  }

  it('knows its version, the kinds and its commands', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(await run('--version')).toBe(`${version}\n`)
    expect(await run('explain-kind', 'Tenant.displayName')).toContain('displayName')
    expect(await run('controller', '--help')).toContain('--runtime')
  })

  it('is the one that the chart and the kustomization name', async () => {
    const [, image] = /^# podman build -t (\S+)/.exec(await readFile('Containerfile', 'utf8')) ?? []
    const chart = parse(await readFile('controller/deploy/chart/Chart.yaml', 'utf8'))
    const values = parse(await readFile('controller/deploy/chart/values.yaml', 'utf8'))
    expect(`${values.image.repository}:${values.image.tag || chart.appVersion}`).toBe(image)
    expect(await readFile('config/deploy/controller/deployment.yaml', 'utf8')).toContain(`image: ${image} `)
  })

  it('brings the programs that its commands start', async () => {
    const bundled = IMAGE.sources.filter((path) => !['engine', 'tools', 'packages'].includes(path))
    const files = (await Promise.all(bundled.map((path) => filesIn(path)))).flat()
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    const started = texts.flatMap((text) => [...text.matchAll(/\b(?:run|spawn|execFile)(?:Sync)?\('([a-z-]+)'/g)])
    const programs = new Set(started.map(([, program]) => program))
    expect(programs).toContain('git')
    for (const program of programs) expect(IMAGE.programs, `${program} is not in the image`).toContain(program)
  })

  it('serves the runtime and its pages', async () => {
    const answers: number[] = []
    await serving(async (url, key) => {
      const headers = { 'x-api-key': key, 'content-type': 'application/json' }
      const body = JSON.stringify({ tenant_id: 'acme' })
      answers.push((await fetch(`${url}/v1/tenants`, { method: 'POST', headers, body })).status)
      const page = await (await fetch(`${url}/acme/outbox`)).text()
      const assets = [...page.matchAll(/(?:href|src)="(\/v1\/pages\/[^"]+)"/g)].map((m) => m[1])
      for (const path of assets) answers.push((await fetch(url + path)).status)
    })
    expect(answers[0]).toBe(201)
    expect(answers.slice(1)).toEqual([200, 200])
  })

  it('signs for clients that verify RS256 only, and proves the key by a certificate', async () => {
    await serving(async (url, key) => {
      const headers = { 'x-api-key': key, 'content-type': 'application/json' }
      const post = (path: string, body: object) =>
        fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
      await post('/v1/tenants', { tenant_id: 'shops' })
      const client = { tenant_id: 'shops', client_id: 'job', client_type: 'confidential', sing_alg: 'RS256' }
      const made = await post('/v1/clients', { ...client, name: 'Job', grant_types: ['client_credentials'] })
      const { client_secret: secret } = await made.json()
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'job', client_secret: secret })
      const token = await fetch(`${url}/shops/oidc/token`, { method: 'POST', body })
      expect(token.status, await token.text()).toBe(200)
      const keys = await (await fetch(`${url}/shops/oidc/jwks`)).json()
      const [rsa] = keys.keys.filter(({ alg }: { alg: string }) => alg === 'RS256')
      expect(new X509Certificate(Buffer.from(rsa.x5c[0], 'base64')).publicKey.asymmetricKeyType).toBe('rsa')
    })
  })

  it('reviews pull requests with its own git, as its own user, by a webhook', { timeout: 300_000 }, async () => {
    const programs = IMAGE.programs.filter((program) => !program.startsWith('ca-'))
    const comments = await reviewedIn({ root, command, programs })
    expect(comments).toEqual([expect.stringContaining('people choose PINs of 4 digits instead of 6')])
  })

  it('says whose work it holds', async () => {
    const notices = await readFile(join(root, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const name of ['fastify', 'oidc-provider', 'commander'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
  })
})
