import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Project } from './project.ts'
import { serving } from './serving.ts'

const start = (project: Project, ...args: readonly string[]) =>
  serving(project.start({}, 'serve', '--port', '0', '--quiet', ...args))
const keyIn = (lines: readonly string[]): string => /pla_\S+/.exec(lines.join('\n'))?.[0] ?? ''

describe('serve', () => {
  it('shows the administrator key at the first start only, and ends cleanly on Ctrl-C', async () => {
    const project = await Project.create()
    const first = await start(project)
    const answer = await fetch(`${first.url}/v1/organizations`, { headers: { 'x-api-key': keyIn(first.lines) } })
    expect(answer.status).toBe(200)
    expect(await first.stop()).toBe(0)
    const second = await start(project)
    expect(second.lines).toHaveLength(1)
    expect(await second.stop()).toBe(0)
  })

  it('refuses a first key that has not the form of one', async () => {
    const project = await Project.create()
    const { code, stderr } = await project.runWith({ PLUMBLINE_ADMIN_KEY: 'secret' }, 'serve', '--port', '0')
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('plumbline admin-key create') })
    expect(stderr).not.toContain('secret')
  })

  it('shows metrics and readiness on a listener of their own', async () => {
    const project = await Project.create()
    const { lines, url, stop } = await start(project, '--admin-port', '0')
    const admin = /^Metrics and probes on (\S+)$/m.exec(lines.join('\n'))?.[1]
    const ready = await fetch(`${admin}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', runtime: true }])
    expect(await (await fetch(`${admin}/metrics`)).text()).toContain('plumbline_http_request_duration_seconds')
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect(await stop()).toBe(0)
  })

  it('takes the public URL and the trusted proxies, and refuses what is neither', async () => {
    const project = await Project.create()
    const proxies = await project.run('serve', '--port', '0', '--trusted-proxies', '10.0.0.0/8,everybody')
    expect(proxies).toMatchObject({ code: 1, stderr: expect.stringContaining("'everybody' is neither an address nor") })
    const path = await project.run('serve', '--port', '0', '--public-url', 'https://example.com/login')
    expect(path).toMatchObject({ code: 1, stderr: expect.stringContaining('is not an origin') })
  })
})

describe('a stop by SIGTERM under load', () => {
  it('fails not one request of clients that leave when readiness is gone', async () => {
    const project = await Project.create()
    const service = await start(project, '--drain-seconds', '3')
    const script = fileURLToPath(new URL('load.ts', import.meta.url))
    const load = spawn(process.execPath, [script, service.url, keyIn(service.lines)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [first] = await once(createInterface(load.stdout), 'line')
    expect(first).toBe('ready')
    const rest = text(load.stdout)
    expect(await service.stop('SIGTERM')).toBe(0)
    const seen = JSON.parse((await rest).trim().split('\n').at(-1) ?? '')
    expect(Object.keys(seen)).toEqual(['201'])
    expect(seen['201']).toBeGreaterThan(8)
  })
})
