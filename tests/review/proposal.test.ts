import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadProject } from '../../config/project/project.ts'
import type { Change } from '../../reconciler/adapter.ts'
import type { Step } from '../../reconciler/model.ts'
import { driftOfConnections } from '../../review/proposal/drifted.ts'

const HEAD = 'apiVersion: plumbline.dev/v1alpha1\nkind: '
const CONNECTION = `${HEAD}Connection\nmetadata: {name: runtime}\nspec: {system: SecretsVault, endpoint: embedded}\n`
const tenant = (name: string, more: string): string =>
  `${HEAD}Tenant\nmetadata: {name: ${name}}\nspec:\n  connectionRef: {name: runtime}\n  displayName: ${name}\n${more}`

interface Scene {
  readonly environment?: string
  readonly files: Readonly<Record<string, string>>
  /** `Kind/name` → the change that would take the drift back. */
  readonly changes: Readonly<Record<string, readonly Partial<Change>[]>>
}

interface Found {
  /** Lines that go and come, by file. */
  readonly lines: Readonly<Record<string, readonly string[]>>
  readonly why: readonly string[]
}

/** What becomes of drift in files, with the mistakes that they have afterwards. */
function proposed({ environment, files, changes }: Scene): Found {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-proposal-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [file, text] of Object.entries(files)) write(join(folder, file), text)
  const file = join(folder, 'plumbline.yaml')
  const options = { file, ...(environment !== undefined && { environment }) }
  const { resources, diagnostics } = loadProject(options)
  expect(diagnostics).toEqual([])
  const steps = Object.entries(changes).map(([address, own]) => stepOf(address, own))
  const plan = { steps, finalize: [], orphans: [], diagnostics: [], digest: '' }
  const [drift] = driftOfConnections({ plan, resources, ...options })
  const texts = [...(drift?.files ?? [])].map(([path, text]) => {
    const before = readFileSync(path, 'utf8').split('\n')
    const after = text.split('\n')
    return [
      path.slice(folder.length + 1),
      [...without(before, after).map((line) => `-${line}`), ...without(after, before).map((line) => `+${line}`)],
    ] as const
  })
  for (const [path, text] of drift?.files ?? []) writeFileSync(path, text)
  expect(loadProject(options).diagnostics).toEqual([])
  return { lines: Object.fromEntries(texts), why: (drift?.left ?? []).map(({ why }) => why) }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Lines of one text that another one lacks, each as often as it does. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const rest = [...others]
  return lines.filter((line) => {
    const at = rest.indexOf(line)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

const stepOf = (address: string, changes: readonly Partial<Change>[]): Step => ({
  action: 'update',
  address,
  kind: address.split('/')[0] ?? '',
  connection: address.startsWith('Cim') ? 'cim' : 'runtime',
  key: address,
  drift: true,
  needs: [],
  changes: changes.map((change) => ({ op: 'replace', path: '', impact: 'neutral', ...change })),
})

const project = (more = ''): string => `${HEAD}Project\nname: test\npaths: [documents]\n${more}`
const ENVIRONMENTS = project(`defaultEnvironment: dev
environments:
  dev: {}
  production:
    overlays: [production]
    variables: {digits: 8}
`)
const PIN = { path: '/pin/size', from: 4, to: 6 }

describe('drift that documents take over', () => {
  it('changes the line on which the value is written', () => {
    const files = {
      'plumbline.yaml': project(),
      'documents/a.yaml': `${CONNECTION}---\n${tenant('web', '  pin:\n    size: 6 # digits\n')}`,
    }
    expect(proposed({ files, changes: { 'Tenant/web': [PIN] } })).toEqual({
      lines: { 'documents/a.yaml': ['-    size: 6 # digits', '+    size: 4 # digits'] },
      why: [],
    })
  })

  it('takes a field away that the system does not have', () => {
    const files = {
      'plumbline.yaml': project(),
      'documents/a.yaml': `${CONNECTION}---\n${tenant('web', '  # why\n  pattern: {enabled: true}\n  pin: {size: 6}\n')}`,
    }
    const { lines } = proposed({ files, changes: { 'Tenant/web': [{ path: '/pattern/enabled', to: true }] } })
    expect(lines['documents/a.yaml']).toEqual(['-  pattern: {enabled: true}', '+  pattern: {}'])
  })

  it('keeps the items of a list with their comments', () => {
    const client = `${HEAD}Client
metadata: {name: app}
spec:
  displayName: App
  type: Public
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  redirectUris:
    - https://a.example/cb # the shop
    - https://b.example/cb # the old one
`
    const files = {
      'plumbline.yaml': project(),
      'documents/a.yaml': [CONNECTION, tenant('web', ''), client].join('---\n'),
    }
    const [from, to] = [
      ['https://c.example/cb', 'https://a.example/cb'],
      ['https://a.example/cb', 'https://b.example/cb'],
    ]
    expect(proposed({ files, changes: { 'Client/app': [{ path: '/redirectUris', from, to }] } })).toEqual({
      lines: {
        'documents/a.yaml': ['-    - https://b.example/cb # the old one', '+    - https://c.example/cb'],
      },
      why: [],
    })
  })

  it('is written where the overlay of the environment says it', () => {
    const files = {
      'plumbline.yaml': ENVIRONMENTS,
      'documents/a.yaml': `${CONNECTION}---\n${tenant('web', '  pin: {size: 5}\n')}`,
      'production/a.yaml': `${HEAD}Tenant\nmetadata: {name: web}\nspec:\n  pin: {size: 6}   # longer\n`,
    }
    expect(proposed({ environment: 'production', files, changes: { 'Tenant/web': [PIN] } })).toEqual({
      lines: { 'production/a.yaml': ['-  pin: {size: 6}   # longer', '+  pin: {size: 4}   # longer'] },
      why: [],
    })
  })

  it('of one environment goes into its overlay when the document is that of all', () => {
    const files = {
      'plumbline.yaml': ENVIRONMENTS,
      'documents/a.yaml': [CONNECTION, tenant('web', '  pin: {size: 6}\n'), tenant('shop', '')].join('---\n'),
      'production/a.yaml': `${HEAD}Tenant\nmetadata: {name: shop}\nspec:\n  displayName: Shop\n`,
    }
    const { lines } = proposed({ environment: 'production', files, changes: { 'Tenant/web': [PIN] } })
    expect(lines['documents/a.yaml']).toBeUndefined()
    expect(lines['production/a.yaml']?.join('\n')).toContain('+    size: 4')
  })

  it('says that the document decides another environment, too, where there is no overlay', () => {
    const files = {
      'plumbline.yaml': ENVIRONMENTS,
      'documents/a.yaml': `${CONNECTION}---\n${tenant('web', '  pin: {size: 6}\n')}`,
    }
    expect(proposed({ environment: 'dev', files, changes: { 'Tenant/web': [PIN] } })).toEqual({
      lines: {},
      why: ['the place where it is written also decides Tenant/web in production; an overlay of dev could say it'],
    })
  })

  it('changes the variable of the environment', () => {
    const files = {
      'plumbline.yaml': ENVIRONMENTS.replace('dev: {}', 'dev: {variables: {digits: 6}}'),
      'documents/a.yaml': `${CONNECTION}---\n${tenant('web', `  pin: {size: "\${digits}"}\n`)}`,
    }
    expect(proposed({ environment: 'dev', files, changes: { 'Tenant/web': [PIN] } })).toEqual({
      lines: { 'plumbline.yaml': ['-  dev: {variables: {digits: 6}}', '+  dev: {variables: {digits: 4}}'] },
      why: [],
    })
  })

  it('gives the environment a value of its own where all share the variable', () => {
    const files = {
      'plumbline.yaml': project(
        'variables: {digits: 6}\ndefaultEnvironment: dev\nenvironments:\n  dev: {}\n  production:\n    envFiles: []\n',
      ),
      'documents/a.yaml': `${CONNECTION}---\n${tenant('web', `  pin: {size: "\${digits}"}\n`)}`,
    }
    const { lines } = proposed({ environment: 'production', files, changes: { 'Tenant/web': [PIN] } })
    expect(lines['plumbline.yaml']).toEqual(['+    variables:', '+      digits: 4'])
  })

  it('says that a variable decides other documents, too', () => {
    const files = {
      'plumbline.yaml': project('variables: {digits: 6}\n'),
      'documents/a.yaml': [
        CONNECTION,
        ...['web', 'shop'].map((name) => tenant(name, `  pin: {size: "\${digits}"}\n`)),
      ].join('---\n'),
    }
    expect(proposed({ files, changes: { 'Tenant/web': [PIN] } })).toEqual({
      lines: {},
      why: ['the variable digits also decides Tenant/shop'],
    })
  })

  it('never writes a secret', () => {
    const files = { 'plumbline.yaml': project(), 'documents/a.yaml': `${CONNECTION}---\n${tenant('web', '')}` }
    const changes = { 'Tenant/web': [{ path: '/displayName', from: 'x', to: 'web', secret: true as const }] }
    expect(proposed({ files, changes }).lines).toEqual({})
  })

  it('leaves a value that would be a mistake in the document', () => {
    const files = {
      'plumbline.yaml': project(),
      'documents/a.yaml': `${CONNECTION}---\n${tenant('web', '  pin: {size: 6}\n')}`,
    }
    const changes = { 'Tenant/web': [{ ...PIN, from: 99 }] }
    expect(proposed({ files, changes })).toEqual({
      lines: {},
      why: [expect.stringContaining('the document would have a mistake')],
    })
  })

  it('takes what looks like a variable for a text', () => {
    const files = { 'plumbline.yaml': project(), 'documents/a.yaml': `${CONNECTION}---\n${tenant('web', '')}` }
    const changes = { 'Tenant/web': [{ path: '/displayName', from: `a \${b}: #c`, to: 'web' }] }
    expect(proposed({ files, changes })).toMatchObject({
      why: [],
      lines: {
        'documents/a.yaml': ['-  displayName: web', `+  displayName: "a $\${b}: #c"`],
      },
    })
  })

  it('changes items of a list that are known by a key', () => {
    const cim = `${HEAD}Connection
metadata: {name: cim}
spec:
  system: OneWelcomeCim
  endpoint: https://cim.example.com
  credentials: {basic: {username: {fromEnv: CIM_USER}, password: {fromEnv: CIM_PASSWORD}}}
`
    const login = `${HEAD}CimLoginMethod
metadata: {name: staff}
spec:
  connectionRef: {name: cim}
  type: UsernameAndPassword
  displayName: Staff
  attributeMappings:
    - {from: given_name, to: firstName, editable: false} # as HR has it
    - {from: family_name, to: lastName, editable: false}
`
    const files = { 'plumbline.yaml': project(), 'documents/a.yaml': [cim, login].join('---\n') }
    const mail = { from: 'mail', to: 'email', editable: true }
    const changes = [
      { path: '/attributeMappings/firstName/editable', from: true, to: false },
      { path: '/attributeMappings/lastName', to: { from: 'family_name', to: 'lastName', editable: false } },
      { path: '/attributeMappings/email', from: mail },
    ]
    expect(proposed({ files, changes: { 'CimLoginMethod/staff': changes } })).toEqual({
      lines: {
        'documents/a.yaml': [
          '-    - {from: given_name, to: firstName, editable: false} # as HR has it',
          '-    - {from: family_name, to: lastName, editable: false}',
          '+    - {from: given_name, to: firstName, editable: true} # as HR has it',
          '+    - from: mail',
          '+      to: email',
          '+      editable: true',
        ],
      },
      why: [],
    })
  })
})
