// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${name}` is the syntax under test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkProject, loadProject } from '../../../config/project/project.ts'
import { formatDiagnostic } from '../../../config/resource.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-project-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const PROJECT = 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: acme\npaths: [documents]\n'
const ENVIRONMENTS = `${PROJECT}defaultEnvironment: dev
variables: {company: Acme}
environments:
  dev:
    variables: {pinSize: 4}
  production:
    variables: {pinSize: 8, company: Acme Ltd}
    overlays: [overlays]
    envFiles: [production.env]
`
const head = (kind: string, name: string) =>
  `apiVersion: plumbline.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`
const VAULT = `${head('Connection', 'vault')}  system: SecretsVault\n  endpoint: embedded\n  credentials: {apiKey: {fromEnv: KEY}}\n`
const tenant = (spec: string) => `${head('Tenant', 'web')}  connectionRef: {name: vault}\n${spec}`

const load = (environment?: string) => loadProject({ cwd: folder, ...(environment && { environment }) })
const check = (environment?: string) =>
  checkProject({ cwd: folder, ...(environment && { environment }) }).diagnostics.map(formatDiagnostic)
const spec = (environment?: string) => load(environment).resources.find((r) => r.kind === 'Tenant')?.spec

describe('the project file', () => {
  it('is found from any folder below it', () => {
    write({
      'plumbline.yaml': PROJECT,
      'documents/vault.yaml': VAULT,
      'documents/a/b/web.yaml': tenant('  passkeys: true\n'),
    })
    const { project, resources } = loadProject({ cwd: join(folder, 'documents/a/b') })
    expect(project).toMatchObject({ name: 'acme', folder, paths: [join(folder, 'documents')] })
    expect(resources.map((r) => r.origin?.file)).toEqual(['web.yaml', '../../vault.yaml'])
  })

  it('can be named', () => {
    write({ 'other.yaml': PROJECT, 'documents/vault.yaml': VAULT })
    expect(loadProject({ cwd: folder, file: 'other.yaml' }).resources).toHaveLength(1)
  })

  it('has to be there', () => {
    expect(() => load()).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('is checked like a document, with every mistake at its place', () => {
    write({ 'plumbline.yaml': `${PROJECT}pathes: [a]\nguards: {maxDeleteShare: 20}\ndefaultEnvironment: dev\n` })
    expect(() => load()).toThrow(
      [
        'plumbline.yaml:5:1 /pathes: unknown field "pathes"; did you mean paths?',
        'plumbline.yaml:6:26 /guards/maxDeleteShare: 20 is too large; the largest allowed value is 1',
        'plumbline.yaml:7:21 /defaultEnvironment: there is no environment dev under environments',
      ].join('\n'),
    )
  })

  it('that is no YAML says where', () => {
    write({ 'plumbline.yaml': 'name: "acme\n' })
    expect(() => load()).toThrow('plumbline.yaml:1:7 this quote is never closed')
  })

  it('gives absolute paths, and leaves the address of a database alone', () => {
    write({
      'plumbline.yaml': `${PROJECT}inventory: state/inventory.json\nruntime: {store: "postgres://db.example/plumbline", dataFolder: data}\n`,
      'documents/vault.yaml': VAULT,
    })
    expect(load().project).toMatchObject({
      inventory: join(folder, 'state/inventory.json'),
      runtime: { store: 'postgres://db.example/plumbline', dataFolder: join(folder, 'data') },
      guards: { allow: [] },
    })
  })
})

describe('environments', () => {
  const documents = { 'plumbline.yaml': ENVIRONMENTS, 'documents/vault.yaml': VAULT, 'overlays/.keep': '' }

  it('are chosen by name, else the default one is used', () => {
    write({ ...documents, 'documents/web.yaml': tenant('  displayName: ${company}\n  pin: {size: "${pinSize}"}\n') })
    expect(spec()).toMatchObject({ displayName: 'Acme', pin: { size: 4 } })
    expect(spec('production')).toMatchObject({ displayName: 'Acme Ltd', pin: { size: 8 } })
    expect(load('production').project).toMatchObject({
      environment: 'production',
      envFiles: [join(folder, 'production.env')],
    })
  })

  it('have to be in the project file', () => {
    write(documents)
    expect(() => load('prodution')).toThrow(
      'there is no environment prodution; there are dev, production; did you mean production?',
    )
  })
})

describe('variables', () => {
  const project = { 'plumbline.yaml': ENVIRONMENTS, 'documents/vault.yaml': VAULT }
  const web = (text: string) => write({ ...project, 'documents/web.yaml': tenant(text) })

  it.each([
    ['displayName: ${company}', 'Acme'],
    ['displayName: The ${company} tenant, PIN of ${pinSize}', 'The Acme tenant, PIN of 4'],
    ['displayName: $${company} costs $5', '${company} costs $5'],
  ])('%s', (line, expected) => {
    web(`  ${line}\n`)
    expect(spec()?.displayName).toBe(expected)
  })

  it('keep their type where the text is nothing but the variable', () => {
    web('  pin: {size: "${pinSize}"}\n')
    expect(spec()?.pin).toEqual({ size: 4 })
  })

  it('that are not defined are told at their place, all in one go', () => {
    web('  displayName: ${compny}\n  pin: {size: "${size of it}"}\n  tenantId: a-${pinSize\n')
    expect(check()).toEqual([
      'documents/web.yaml:6:16 Tenant/web /spec/displayName: the variable compny is not defined; did you mean company?',
      'documents/web.yaml:7:15 Tenant/web /spec/pin/size: "size of it" cannot name a variable; write "$${" for the two characters themselves',
      'documents/web.yaml:8:13 Tenant/web /spec/tenantId: "${" is never closed by "}"; write "$${" for the two characters themselves',
    ])
  })

  it('are not searched for further variables', () => {
    write({
      ...project,
      'plumbline.yaml': `${PROJECT}variables: {a: "\${b}", b: x}\n`,
      'documents/web.yaml': tenant('  displayName: ${a}\n'),
    })
    expect(spec()?.displayName).toBe('${b}')
  })

  it('cannot reach what every JavaScript object has', () => {
    web('  displayName: ${constructor}\n')
    expect(check()[0]).toContain('the variable constructor is not defined')
  })
})

describe('overlays', () => {
  const base = tenant(
    '  displayName: Acme\n  registration: true\n  pin: {enabled: true, size: 6}\n  loginOrder: [Pin, Pattern]\n',
  )
  const overlay = (text: string) =>
    write({
      'plumbline.yaml': ENVIRONMENTS,
      'documents/vault.yaml': VAULT,
      'documents/web.yaml': base,
      'overlays/web.yaml': text,
    })

  it('change what they name: maps merge, lists are replaced, null removes (RFC 7396)', () => {
    overlay(`${head('Tenant', 'web')}  registration: null\n  pin: {size: "\${pinSize}"}\n  loginOrder: [Pin]\n`)
    expect(spec('production')).toEqual({
      connectionRef: { name: 'vault' },
      displayName: 'Acme',
      pin: { enabled: true, size: 8 },
      loginOrder: ['Pin'],
    })
  })

  it('leave other environments alone', () => {
    overlay(`${head('Tenant', 'web')}  displayName: Production\n`)
    expect(spec('dev')?.displayName).toBe('Acme')
  })

  it('keep the place of each value: a mistake is shown in the file that holds it', () => {
    overlay(`${head('Tenant', 'web')}  pin: {size: 99}\n`)
    write({ 'documents/web.yaml': base.replace('registration: true', 'registration: 1') })
    expect(check('production')).toEqual([
      'documents/web.yaml:7:17 Tenant/web /spec/registration: expected true or false, found 1',
      'overlays/web.yaml:5:15 Tenant/web /spec/pin/size: 99 is too large; the largest allowed value is 12',
    ])
  })

  it('have to fit a document', () => {
    overlay(`${head('Tenant', 'wbe')}  displayName: Production\n`)
    expect(check('production')).toEqual([
      'overlays/web.yaml:1:1 Tenant/wbe: there is no Tenant/wbe; an overlay has kind, name and namespace of a document of the project',
    ])
  })
})

describe('checking a project', () => {
  it('does not blame documents for naming one that could not be read', () => {
    write({
      'plumbline.yaml': PROJECT,
      'documents/vault.yaml': 'kind: "\n',
      'documents/web.yaml': tenant('  passkeys: 1\n'),
    })
    expect(check()).toEqual([
      'documents/vault.yaml:1:7 this quote is never closed',
      'documents/web.yaml:6:13 Tenant/web /spec/passkeys: expected true or false, found 1',
    ])
  })

  it('finds nothing wrong with a good one', () => {
    write({
      'plumbline.yaml': PROJECT,
      'documents/vault.yaml': VAULT,
      'documents/web.yaml': tenant('  passkeys: true\n'),
    })
    expect(check()).toEqual([])
  })
})

describe('what environments keep', () => {
  const apiKey = (file: string) =>
    `${head('ApiKey', 'bot')}  connectionRef: {name: vault}\n  tenantRef: {id: web}\n  displayName: Bot\n  scopes: ['users:read']\n  writeTo: {file: "${file}"}\n`
  const files = (project: string, file = 'bot.key') =>
    write({
      'plumbline.yaml': project,
      'documents/vault.yaml': VAULT,
      'documents/bot.yaml': apiKey(file),
      'overlays/.keep': '',
    })

  it('is apart: a value that is shown once wants a file for each of them', () => {
    files(ENVIRONMENTS)
    expect(check()).toEqual([
      "documents/bot.yaml:9:19 ApiKey/bot /spec/writeTo/file: the environments dev, production overwrite each other's value in this file; write ${environment} in its path",
    ])
    files(ENVIRONMENTS, 'keys/${environment}.key')
    expect(check()).toEqual([])
    expect(load('production').resources.find((r) => r.kind === 'ApiKey')?.spec.writeTo).toEqual({
      file: 'keys/production.key',
    })
  })

  it('lies where the project says, by environment', () => {
    files(
      `${ENVIRONMENTS}inventory: state/\${environment}.db\nruntime: {dataFolder: "data/\${environment}"}\n`,
      '${environment}',
    )
    expect(load('production').project).toMatchObject({
      inventory: join(folder, 'state/production.db'),
      runtime: { dataFolder: join(folder, 'data/production') },
    })
  })

  it.each([
    ['inventory: state.db', '9:12 /inventory: the environments dev, production would share what was applied'],
    [
      'inventory: "state/${enviroment}.db"',
      '9:12 /inventory: the variable enviroment is not defined; did you mean environment?',
    ],
    ['inventory: postgres://u:marked-5f@db.example/x', '/inventory: a password does not belong here'],
  ])('is refused as it is in %s', (line, message) => {
    files(`${ENVIRONMENTS.replace(/ {4}envFiles.*\n/, '')}${line}\n`.replace(/variables: \{company: Acme\}\n/, ''))
    expect(() => load()).toThrow(message.replace(/^9:12 /, ''))
    expect(() => load()).not.toThrow('marked-5f')
  })

  it('has a name that can be that of a folder', () => {
    files(ENVIRONMENTS.replaceAll('production', '../production'))
    expect(() => load()).toThrow('the name of an environment is made of letters')
  })
})

describe('a path without documents', () => {
  it('is an error: a mistyped name must not pass for an empty project', () => {
    write({
      'plumbline.yaml': PROJECT,
      'documents/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
    })
    expect(check()).toEqual(['documents holds no document'])
  })
})
