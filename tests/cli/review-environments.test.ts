// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${name}` is the syntax under test.
import { describe, expect, it } from 'vitest'
import { RUNTIME, tenant } from './project.ts'
import { branched } from './reviewed.ts'

/** `name: size of PINs`, and where its service is. */
const projectWith = (environments: Readonly<Record<string, number>>, endpoint = 'embedded'): string =>
  `apiVersion: plumbline.dev/v1alpha1
kind: Project
name: test
paths: [documents]
defaultEnvironment: ${Object.keys(environments)[0]}
environments:
${Object.entries(environments)
  .map(([name, pinSize]) => `  ${name}: {variables: {pinSize: ${pinSize}, url: '${endpoint}'}}\n`)
  .join('')}`

/** A branch whose project file is another one than that of `main`. */
async function changed(from: string, to: string) {
  const documents = [
    RUNTIME.replace('endpoint: embedded', 'endpoint: "${url}"'),
    tenant('web', 6).replace('size: 6', 'size: "${pinSize}"'),
  ]
  const project = await branched(...documents)
  await project.git('checkout', '-q', 'main')
  await project.write('plumbline.yaml', from)
  await project.git('commit', '-qam', 'environments')
  await project.git('checkout', '-qB', 'change')
  await project.write('plumbline.yaml', to)
  return project
}

const WEAKER = 'people choose PINs of 4 digits instead of 8'

describe('a review of environments', () => {
  it('compares a renamed one with what it was: a name hides no weakening', async () => {
    const project = await changed(projectWith({ dev: 6, production: 8 }), projectWith({ dev: 6, prd: 4 }))
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(stdout).toContain('prd (compared with production):')
    expect(stdout).toContain(WEAKER)
    expect(stdout).not.toContain('is gone')
    expect(code).toBe(2)
  })

  it('compares the only one that is asked for with what it was', async () => {
    const project = await changed(projectWith({ dev: 6, production: 8 }), projectWith({ dev: 6, prd: 4 }))
    const one = await project.run('review', '--base', 'main', '-e', 'prd')
    expect(one.stdout).toContain(WEAKER)
    const other = await project.run('review', '--base', 'main', '-e', 'dev')
    expect([other.code, other.stdout]).toEqual([0, expect.not.stringContaining(WEAKER)])
  })

  it('compares a new one with the one that speaks to the same service', async () => {
    const url = 'https://login.acme.example'
    const project = await changed(projectWith({ production: 8 }, url), projectWith({ production: 8, other: 4 }, url))
    const { stdout } = await project.run('review', '--base', 'main')
    expect(stdout).toContain('other (compared with production):')
    expect(stdout).toContain(WEAKER)
  })

  it('compares a new one with nothing where it has a service of its own', async () => {
    const project = await changed(projectWith({ production: 8 }), projectWith({ production: 8, other: 4 }))
    const { code, stdout } = await project.run('review', '--base', 'main')
    expect(stdout).toContain('other:\n')
    expect(stdout).not.toContain(WEAKER)
    expect(code).toBe(0)
  })

  it('compares the environments of a project that had none with the project', async () => {
    const plain = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: test\npaths: [documents]\n'
    const from = `${plain}variables: {pinSize: 8, url: embedded}\n`
    const { stdout } = await (await changed(from, projectWith({ production: 4 }))).run('review', '--base', 'main')
    expect(stdout).toContain(WEAKER)
  })

  it('says that one is gone', async () => {
    const project = await changed(projectWith({ dev: 6, production: 8 }), projectWith({ dev: 6 }))
    expect((await project.run('review', '--base', 'main')).stdout).toContain(
      '? the environment production is gone, with its 2 documents',
    )
  })
})
