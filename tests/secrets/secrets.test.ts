import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fieldsOf, isListSchema, isObjectSchema, itemOf, type TSchema } from '../../config/field.ts'
import { specOf } from '../../config/kind.ts'
import { KINDS, kindOf } from '../../config/kinds/index.ts'
import { checkProject } from '../../config/project/project.ts'
import type { Pointer } from '../../config/resource.ts'
import { secretReferencesOf } from '../../reconciler/secret-source.ts'
import { filesBelow, secretsIn } from './markers.ts'
import { PlantedProject } from './project.ts'

const SCENARIO_MS = 300_000
/** Where a clear value belongs: the keys of the runtime, and what the service shows once. */
const SOURCES = ['.plumbline/dev/data/admin.key', '.plumbline/dev/data/master.key', '.plumbline/dev/acme-ci.key']

const project = new PlantedProject()
const documents = () => checkProject({ cwd: project.folder }).resources
afterAll(() => project.remove())

/** A value that no program would write by chance: with characters that JSON, addresses and forms write differently. */
const marked = (name: string, round: number): string => `MARK+${name}/"${round}"&=`
const markedHash = (round: number): string => `5ec4e7${String(round).repeat(26)}`

function plant(round: number): Record<string, string> {
  const names = documents().flatMap(({ kind, spec }) => {
    const found = kindOf(kind)
    return found === undefined ? [] : [...secretReferencesOf(specOf(found), spec).values()].map((r) => r.fromEnv ?? '')
  })
  const values = names.map((name) => [name, name === 'ACME_NAVIXY_HASH' ? markedHash(round) : marked(name, round)])
  return Object.fromEntries(values)
}

function secretFields(schema: TSchema, path: Pointer): readonly Pointer[] {
  return fieldsOf(schema).flatMap(({ name, schema: s, meta }) => {
    const at = `${path}/${name}`
    if (meta.secret) return [at]
    if (isObjectSchema(s)) return secretFields(s, at)
    return isListSchema(s) && isObjectSchema(itemOf(s)) ? secretFields(itemOf(s), `${at}/*`) : []
  })
}

describe('the planted project', () => {
  it('has a secret in every secret field of every kind', () => {
    const all = KINDS.flatMap((kind) => secretFields(specOf(kind), `/${kind.name}`))
    const planted = documents().flatMap(({ kind: name, spec }) => {
      const kind = kindOf(name)
      return kind === undefined ? [] : [...secretReferencesOf(specOf(kind), spec).keys()].map((at) => `/${name}${at}`)
    })
    expect(all.filter((field) => !planted.includes(field))).toEqual([])
  })

  it.each([
    ['as it is', (v: string) => `before ${v} after`],
    ['in JSON', (v: string) => JSON.stringify({ v })],
    ['in an address', (v: string) => `https://x.example/?v=${encodeURIComponent(v)}`],
    ['in Basic authentication', (v: string) => `Basic ${Buffer.from(`user:${v}`).toString('base64')}`],
    ['in hexadecimal', (v: string) => Buffer.from(v).toString('hex')],
  ])('would give a value away that is written %s', (_how, write) => {
    const secrets = new Map([['NAME', marked('NAME', 1)]])
    expect(secretsIn(write(marked('NAME', 1)), secrets)).toEqual(['NAME'])
  })
})

describe('a project with a secret in every field', () => {
  const secrets = new Map<string, string>()
  const known = (values: Readonly<Record<string, string>>, from: string): void => {
    for (const [name, value] of Object.entries(values)) secrets.set(`${name} (${from})`, value)
  }
  const codes: Record<string, number | null> = {}
  const run = async (name: string, env: Record<string, string>, ...args: string[]): Promise<void> => {
    codes[name] = (await project.run(args, env)).code
  }

  beforeAll(async () => {
    const first = plant(1)
    await run('without the administrator key', { ...first, PLUMBLINE_ADMIN_KEY: '' }, 'plan')
    const adminKey = project.read('.plumbline/data/admin.key')
    const env = { ...first, PLUMBLINE_ADMIN_KEY: adminKey }
    known(env, 'first')
    await appliedOnce(env)
    const rotated = { ...plant(2), PLUMBLINE_ADMIN_KEY: adminKey }
    known(rotated, 'rotated')
    await run('plan of rotated secrets', rotated, 'plan')
    // The organization accepts the new credentials first; what is behind them can be reached from then on.
    await run('apply of rotated secrets', rotated, 'apply', '--yes')
    await run('apply after the rotation', rotated, 'apply', '--yes')
    secrets.set('the produced API key', project.read('.plumbline/dev/acme-ci.key'))
    await failures(rotated)
  }, SCENARIO_MS)

  async function appliedOnce(env: Record<string, string>): Promise<void> {
    await run('validate', env, 'validate')
    for (const format of ['text', 'json', 'markdown']) await run(`plan ${format}`, env, 'plan', '--format', format)
    await run('saved plan', env, 'plan', '--out', 'change.plan')
    await run('apply of a saved plan', env, 'apply', 'change.plan')
    for (const format of ['text', 'json', 'markdown']) await run(`drift ${format}`, env, 'drift', '--format', format)
    for (const name of ['runtime', 'cim', 'sailpoint', 'navixy'])
      await run(`export ${name}`, env, 'export', '--connection', name)
    await run('doctor', env, 'doctor')
    await run('audit', env, 'audit', 'verify')
  }

  async function failures(env: Record<string, string>): Promise<void> {
    const wrong = { ...plant(3), PLUMBLINE_ADMIN_KEY: marked('PLUMBLINE_ADMIN_KEY', 3) }
    known(wrong, 'wrong')
    await run('wrong credentials', wrong, 'plan', '--format', 'json')
    await project.serving(env, async (url) => {
      const ask = `${url}/orgs/acme/navixy/panel/user/mfa/settings/default/read?hash=`
      await fetch(ask + env.ACME_NAVIXY_HASH, { method: 'POST', body: '{}' })
      project.write('remote.yaml', remote(url))
      await run('over HTTP', env, 'plan', 'remote.yaml')
      await run('wrong credentials over HTTP', wrong, 'plan', 'remote.yaml')
    })
    await run('unreachable endpoint', env, 'plan', 'remote.yaml')
    secrets.set('a literal', marked('LITERAL', 1))
    project.write('literal.yaml', literal)
    await run('a literal in a document', env, 'validate', 'literal.yaml')
  }

  it('went through everything', () => {
    expect(codes).toEqual({
      'without the administrator key': 1,
      validate: 0,
      'plan text': 2,
      'plan json': 2,
      'plan markdown': 2,
      'saved plan': 2,
      'apply of a saved plan': 0,
      'drift text': 0,
      'drift json': 0,
      'drift markdown': 0,
      'export runtime': 0,
      'export cim': 0,
      'export sailpoint': 0,
      'export navixy': 0,
      doctor: 0,
      audit: 0,
      'plan of rotated secrets': 1,
      'apply of rotated secrets': 1,
      'apply after the rotation': 0,
      'wrong credentials': 1,
      'over HTTP': 2,
      'wrong credentials over HTTP': 1,
      'unreachable endpoint': 1,
      'a literal in a document': 1,
    })
  })

  it('shows none of them in any output or log', () => {
    const leaks = project.written.flatMap(({ what, text }) =>
      secretsIn(text, secrets).map((name) => `${what}: ${name}`),
    )
    expect(leaks).toEqual([])
  })

  it('leaves none of them in any file', () => {
    const files = filesBelow(project.folder).filter(({ path }) => !SOURCES.includes(path) && path !== 'literal.yaml')
    const leaks = files.flatMap(({ path, content }) => secretsIn(content, secrets).map((name) => `${path}: ${name}`))
    expect(files.map((f) => f.path)).toContain('.plumbline/dev/data/plumbline.db')
    expect(leaks).toEqual([])
  })
})

const remote = (url: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: Connection
metadata: {name: cim}
spec:
  system: OneWelcomeCim
  endpoint: ${url}/orgs/acme/cim
  timeoutSeconds: 1
  credentials: {username: {fromEnv: ACME_CIM_USERNAME}, password: {fromEnv: ACME_CIM_PASSWORD}}
---
apiVersion: plumbline.dev/v1alpha1
kind: CimLoginMethod
metadata: {name: partner}
spec:
  connectionRef: {name: cim}
  type: Google
  displayName: Partner
  google: {clientSecret: {fromEnv: ACME_GOOGLE_CLIENT_SECRET}}
`

const literal = `apiVersion: plumbline.dev/v1alpha1
kind: Client
metadata: {name: literal}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: acme-web}
  displayName: Literal
  clientSecret: '${marked('LITERAL', 1)}'
`
