import { describe, expect, it } from 'vitest'
import { externalRuntime, runtimeUrl } from '../../cli/external-runtime.ts'
import { openRuntime } from '../examples/project.ts'
import { asking } from '../support/sending.ts'
import { Project, RUNTIME } from './project.ts'

describe('a runtime in another process', () => {
  it('answers what documents call embedded', async () => {
    const { baseUrl, close } = await openRuntime()
    const answer = await externalRuntime(`${baseUrl}/`)('http://embedded.invalid/readyz', asking())
    expect(answer.status).toBe(200)
    await close()
  })

  it.each([
    'https://id.example',
    'http://runtime.identity.svc:8470',
    'http://runtime.identity.svc.cluster.local',
    'http://127.0.0.1:8470',
  ])('may be at %s', (url) => expect(runtimeUrl(url)).toBe(url))

  it.each(['http://id.example', 'ftp://id.example', 'id.example', 'http://svc.example'])(
    'is not called without encryption over a network, or by anything but HTTP: %s',
    (url) => expect(() => runtimeUrl(url)).toThrow('Give an https:// URL'),
  )

  it('has to be named by its URL', async () => {
    const project = await Project.create(RUNTIME)
    const { code, stderr } = await project.run('controller', '--runtime', 'external')
    expect(code).toBe(1)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
