// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${name}` is the syntax under test.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

const PROJECT = `apiVersion: plumbline.dev/v1alpha1
kind: Project
name: test
paths: [documents]
defaultEnvironment: dev
environments:
  dev: {}
  prod: {overlays: [prod]}
`
const overlay = (size: number) =>
  `apiVersion: plumbline.dev/v1alpha1\nkind: Tenant\nmetadata: {name: web}\nspec: {pin: {size: ${size}}}\n`

async function projectWith(pinInProd: number, ...documents: readonly string[]) {
  const project = await Project.create(RUNTIME, tenant('web', 8), ...documents)
  await project.write('plumbline.yaml', PROJECT)
  await project.write('prod/web.yaml', overlay(pinInProd))
  return project
}

const TOO_LARGE = 'prod/web.yaml:4:20 Tenant/web /spec/pin/size: 99 is too large; the largest allowed value is 12'

describe('validate', () => {
  it('checks every environment, and says which one has a mistake', async () => {
    const project = await projectWith(99)
    expect(await project.run('validate')).toEqual({ code: 1, stdout: `error ${TOO_LARGE} (in prod)\n`, stderr: '' })
  })

  it('checks one environment that is named', async () => {
    const project = await projectWith(99)
    expect(await project.run('validate', '-e', 'dev')).toMatchObject({ code: 0, stdout: '2 documents valid.\n' })
    expect(await project.run('validate', '-e', 'prod')).toMatchObject({ code: 1, stdout: `error ${TOO_LARGE}\n` })
  })

  it('takes the folder of a project for the project, as `plumbline:project` of a stack does', async () => {
    const project = await projectWith(9)
    expect(await project.run('validate', '--project', '.')).toMatchObject({ code: 0 })
    expect(await project.run('validate', '--project', 'documents')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no project file documents/plumbline.yaml'),
    })
  })

  it('says good news of all of them at once', async () => {
    const project = await projectWith(9)
    expect(await project.run('validate')).toEqual({
      code: 0,
      stdout: '2 documents valid in dev, prod.\n',
      stderr: '',
    })
  })

  it('says a mistake of all environments once', async () => {
    const project = await projectWith(9, tenant('other', 77))
    const { code, stdout } = await project.run('validate')
    expect(code).toBe(1)
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stdout).not.toContain('(in')
  })

  it('says once what one definition mends', async () => {
    const many = Array.from({ length: 23 }, (_, i) =>
      tenant(`t${i}`, 8).replace('displayName: ', 'displayName: ${company} '),
    )
    const project = await projectWith(9, ...many)
    const { code, stdout } = await project.run('validate')
    expect(code).toBe(1)
    expect(stdout).toBe(
      'error documents/all.yaml:22:16 Tenant/t0 /spec/displayName: the variable company is not defined (here and in 22 other places)\n',
    )
  })

  it('says once that a document is missing which many name', async () => {
    const many = Array.from({ length: 23 }, (_, i) => tenant(`t${i}`, 8).replace('name: runtime', 'name: vault'))
    const project = await projectWith(9, ...many)
    const { stdout } = await project.run('validate')
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stdout).toContain('there is no Connection/vault (here and in 22 other places)')
  })

  it('finds a variable that is not defined also in files that are named', async () => {
    const project = await projectWith(9, tenant('other', 8).replace('displayName: other', 'displayName: ${company}'))
    const { code, stdout } = await project.run('validate', 'documents')
    expect(code).toBe(1)
    expect(stdout).toContain('Tenant/other /spec/displayName: the variable company is not defined')
  })

  it.each([[['empty']], [['documents', 'empty']]])('finds that there is nothing in %s', async (paths) => {
    const project = await projectWith(9)
    await mkdir(join(project.folder, 'empty'))
    const { code, stdout } = await project.run('validate', ...paths)
    expect(code).toBe(1)
    expect(stdout).toContain('error empty holds no document\n')
    await project.write('plumbline.yaml', PROJECT.replace('[documents]', `[${paths}]`).replace('[prod]', '[]'))
    expect(await project.run('validate')).toMatchObject({ code: 1, stdout: 'error empty holds no document\n' })
  })

  it('prints one JSON value, whatever is wrong', async () => {
    const project = await projectWith(99)
    const report = async () => JSON.parse((await project.run('validate', '--format', 'json')).stdout) as unknown
    expect(await report()).toMatchObject({
      documents: 2,
      environments: ['dev', 'prod'],
      diagnostics: [{ severity: 'error', resource: 'Tenant/web', environments: ['prod'] }],
    })
    await project.write('plumbline.yaml', 'kind: Project\n')
    expect(await report()).toMatchObject({
      documents: 0,
      diagnostics: [{ code: 'INVALID_DOCUMENT' }, {}, {}, {}].slice(0, 1),
    })
  })
})
