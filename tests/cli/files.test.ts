import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatted } from '../../cli/fmt/format.ts'
import { projectFiles } from '../../cli/project-files.ts'
import { CREDENTIALS } from '../../config/kinds/connection.ts'
import { ORGANIZATION, Project, RUNTIME, tenant } from './project.ts'

const inAcme = (name: string): string =>
  tenant(name, 4).replace('  displayName', '  organizationRef: {name: acme} # the hub\n  displayName')

const textIn = (project: Project, file = 'documents/all.yaml'): Promise<string> =>
  readFile(join(project.folder, file), 'utf8')

describe('import', () => {
  it('writes a document of an object that exists, and the plan takes it over', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8), tenant('app', 4))
    await project.run('apply', '--yes')
    await project.run('destroy', '--target', 'Tenant/app', '--yes')
    await project.documents(RUNTIME, tenant('web', 8))
    expect(await project.run('import', 'Tenant', 'app', '--out', 'documents/app.yaml')).toMatchObject({ code: 0 })
    expect(await textIn(project, 'documents/app.yaml')).toContain('size: 4')
    expect((await project.run('plan')).stdout).toContain('> Tenant/app  adopt')
  })

  it('says that a document describes the object already, and what there is when there is none', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8))
    await project.run('apply', '--yes')
    expect((await project.run('import', 'Tenant', 'web')).stderr).toContain('Tenant/web describes this object already')
    expect((await project.run('import', 'Tenant', 'wed')).stderr).toContain('plumbline export --connection runtime')
  })
})

const PIGELLO_SECRETS = `{${CREDENTIALS.Pigello.map((name) => `${name}: {fromEnv: PIGELLO}`).join(', ')}}`
const ID = '0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c11'
const PIGELLO = `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec: {connectionRef: {name: runtime}, id: ${ID}, displayName: Acme, access: {pigello: ${PIGELLO_SECRETS}}}
---
apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: pigello}
spec: {system: Pigello, endpoint: embedded, organizationRef: {name: acme}, credentials: ${PIGELLO_SECRETS}}
`
const SECURITY = `apiVersion: plumbline.dev/v1alpha1
kind: SecurityConfiguration
metadata: {name: security}
spec: {connectionRef: {name: pigello}, organization: {id: ${ID}}, customers: {bankId: true}}
`

describe('import of what its system cannot list', () => {
  it('takes the id that a person knows', async () => {
    const project = await Project.create(RUNTIME, PIGELLO, SECURITY)
    const env = { PIGELLO: 'marked-pigello' }
    await project.runWith(env, 'apply', '--yes')
    const { stdout } = await project.runWith(env, 'plan', '--format', 'json')
    const [{ id = '' } = {}] = (JSON.parse(stdout).steps as { kind: string; id?: string }[]).filter(
      (step) => step.kind === 'SecurityConfiguration',
    )
    const again = await project.runWith(env, 'import', 'SecurityConfiguration', id)
    expect(again.stderr).toContain('SecurityConfiguration/security describes this object already')
    await project.documents(RUNTIME, PIGELLO)
    const imported = await project.runWith(env, 'import', 'SecurityConfiguration', id, '--out', 'documents/one.yaml')
    expect(imported).toMatchObject({ code: 0 })
    expect(await textIn(project, 'documents/one.yaml')).toContain(id)
    expect((await project.runWith(env, 'plan')).stdout).toContain('moved from SecurityConfiguration/security')
  })
})

describe('move', () => {
  it('renames a document and what refers to it, and the plan says that it is a move', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION, inAcme('web'))
    await project.run('apply', '--yes')
    const before = await textIn(project)
    expect(await project.run('move', 'Organization/acme', 'Organization/hub')).toMatchObject({ code: 0 })
    const after = before
      .replace('metadata: {name: acme}', 'metadata: {name: hub}')
      .replace('organizationRef: {name: acme}', 'organizationRef: {name: hub}')
      .replace(
        '  connectionRef: {name: runtime}\n  displayName: Acme',
        '  organizationId: acme\n  connectionRef: {name: runtime}\n  displayName: Acme',
      )
    expect(await textIn(project)).toBe(after)
    expect((await project.run('plan')).stdout).toContain('Organization/hub  move')
    expect(await project.run('apply', '--yes')).toMatchObject({ code: 0 })
  })

  it('renames overlays, too', async () => {
    const project = await Project.empty()
    await project.run('init', '--organization', 'acme', '--display-name', 'Acme')
    expect(await project.run('move', 'Tenant/acme-web', 'Tenant/portal')).toMatchObject({ code: 0 })
    expect(await textIn(project, 'overlays/production/acme.yaml')).toContain('name: portal')
    expect(await textIn(project, 'overlays/production/acme.yaml')).not.toContain('tenantId')
    expect(await project.run('validate')).toMatchObject({ code: 0 })
  })

  it.each([
    ['Tenant/app', 'Tenant/app already exists'],
    ['User/other', 'is not a new name'],
    ['Tenant/Not_A_Name', 'is not a new name'],
  ])('to %s is refused, and nothing changes', async (to, message) => {
    const project = await Project.create(RUNTIME, tenant('web', 8), tenant('app', 8))
    const before = await textIn(project)
    expect((await project.run('move', 'Tenant/web', to)).stderr).toContain(message)
    expect(await textIn(project)).toBe(before)
  })
})

describe('fmt', () => {
  const UNTIDY = `kind:   Tenant   # which
apiVersion: plumbline.dev/v1alpha1
metadata: {name: web}

spec:
    # why
    displayName:   'Web'
    connectionRef: {name: runtime}
`

  it('puts a file into the one form; comments and quotes stay', async () => {
    const project = await Project.create(RUNTIME)
    await project.write('documents/web.yaml', UNTIDY)
    expect(await project.run('fmt', '--check')).toMatchObject({ code: 2, stdout: 'documents/web.yaml\n' })
    expect(await project.run('fmt')).toMatchObject({ code: 0 })
    expect(await textIn(project, 'documents/web.yaml')).toBe(`apiVersion: plumbline.dev/v1alpha1
kind: Tenant # which
metadata: {name: web}

spec:
  # why
  displayName: 'Web'
  connectionRef: {name: runtime}
`)
    expect(await project.run('fmt', '--check')).toMatchObject({ code: 0, stdout: '' })
  })

  it('formats what it has formatted no further, in all examples', async () => {
    for (const file of projectFiles({ project: 'examples/acme/plumbline.yaml' }).documents) {
      const once = formatted(await readFile(file, 'utf8'), file)
      expect(formatted(once, file)).toBe(once)
    }
  })

  it('leaves a file alone that is no YAML', async () => {
    const project = await Project.create(RUNTIME)
    await project.write('documents/web.yaml', 'a: [')
    expect(await project.run('fmt')).toMatchObject({ code: 1, stderr: expect.stringContaining('documents/web.yaml') })
  })
})

describe('graph', () => {
  it('shows what each document refers to, as text, as a chart and as a picture', async () => {
    const project = await Project.create(RUNTIME, ORGANIZATION, inAcme('web'))
    expect((await project.run('graph')).stdout).toContain('Tenant/web\n  → Connection/runtime\n  → Organization/acme\n')
    expect((await project.run('graph', '--format', 'markdown')).stdout).toContain('```mermaid\nflowchart LR\n')
    expect(await project.run('graph', '--svg', 'graph.svg')).toMatchObject({ code: 0 })
    const svg = await textIn(project, 'graph.svg')
    expect(svg.match(/<rect /g)).toHaveLength(3)
    expect(svg.match(/marker-end/g)).toHaveLength(3)
  })
})
