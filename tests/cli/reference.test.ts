import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { KINDS } from '../../config/kinds/index.ts'
import { Project, RUNTIME } from './project.ts'

describe('explain-kind', () => {
  it('tells type, limits, default, wire name and direction of one field', async () => {
    const project = await Project.create(RUNTIME)
    const { stdout } = await project.run('explain-kind', 'Tenant.pin.size')
    for (const fact of ['4 to 12', '6 (of the server', 'pin_size', 'safer when higher']) expect(stdout).toContain(fact)
  })

  it('without a name lists every kind, by the system that has it', async () => {
    const project = await Project.empty()
    const { stdout } = await project.run('explain-kind')
    for (const { name, system } of KINDS)
      expect(stdout).toMatch(new RegExp(`^${system ?? 'Plumbline'}$.*^  ${name} `, 'ms'))
  })

  it('shows what the fields of a kind are for, and their defaults', async () => {
    const { stdout } = await (await Project.empty()).run('explain-kind', 'Tenant')
    expect(stdout).toMatch(/^pin\.size {2}whole number.*, default 6\n {4}\S/m)
  })

  it('lists what is below a field', async () => {
    const project = await Project.create(RUNTIME)
    const { stdout } = await project.run('explain-kind', 'tenant.pin', '--format', 'json')
    const paths = (JSON.parse(stdout).fields as { path: string }[]).map((f) => f.path)
    expect(paths).toEqual(['pin', 'pin.enabled', 'pin.size', 'pin.showWhenTyping'])
  })

  it('says that a secret is a reference', async () => {
    const project = await Project.create(RUNTIME)
    expect((await project.run('explain-kind', 'Connection.credentials.apiKey')).stdout).toContain('secret reference')
  })
})

describe('schema and crds', () => {
  it('the schema knows every kind', async () => {
    const project = await Project.create(RUNTIME)
    const { code, stdout } = await project.run('schema')
    expect(code).toBe(0)
    JSON.parse(stdout)
    for (const { name } of KINDS) expect(stdout).toContain(`"${name}"`)
  })

  it('a folder gets one schema per kind', async () => {
    const project = await Project.create(RUNTIME)
    expect((await project.run('schema', '--out', 'schemas')).code).toBe(0)
    const text = await readFile(join(project.folder, 'schemas/password-org-config.schema.json'), 'utf8')
    expect(text).toContain('PasswordOrgConfig')
  })

  it('the resource definitions are one YAML stream', async () => {
    const project = await Project.create(RUNTIME)
    const { stdout } = await project.run('crds')
    const kinds = parseAllDocuments(stdout).map((d) => d.toJS().spec.names.kind)
    expect(kinds.sort()).toEqual(KINDS.map((k) => k.name).sort())
  })
})
