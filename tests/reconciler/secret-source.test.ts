import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fieldsOf, isListSchema, isObjectSchema, itemOf, type TSchema } from '../../config/field.ts'
import { KINDS, kindOf } from '../../config/kinds/index.ts'
import { Secret } from '../../reconciler/secret.ts'
import {
  type SecretPlaces,
  type SecretReference,
  secretReferencesOf,
  secretSource,
  withSecrets,
} from '../../reconciler/secret-source.ts'
import { temporaryFolder } from '../support/folder.ts'

const found = async (reference: SecretReference, places: Partial<SecretPlaces>): Promise<string> =>
  (await secretSource({ env: {}, folder: '/nowhere', ...places })(reference)).reveal()

const missing = (message: string) => ({
  code: 'UNRESOLVED_SECRET',
  message,
  help: expect.stringContaining('Nothing was sent'),
})

describe('a secret in the environment', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('is the value of the variable', async () => {
    expect(await found({ fromEnv: 'S' }, { env: { S: 'hush' } })).toBe('hush')
  })

  it('is one of the environment that is handed over, and never of this process', async () => {
    vi.stubEnv('ONLY_FOR_THIS_TEST', 'hush')
    await expect(found({ fromEnv: 'ONLY_FOR_THIS_TEST' }, {})).rejects.toMatchObject({ code: 'UNRESOLVED_SECRET' })
  })

  it('has to be there, and not empty', async () => {
    await expect(found({ fromEnv: 'S' }, { env: {} })).rejects.toMatchObject(
      missing('environment variable S is not set'),
    )
    await expect(found({ fromEnv: 'S' }, { env: { S: '' } })).rejects.toMatchObject({
      message: 'environment variable S is empty',
    })
  })

  it('is not read under the name of another tool, unless the project allows it', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'hush', MINE: 'mine' }
    await expect(found({ fromEnv: 'AWS_SECRET_ACCESS_KEY' }, { env })).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'the environment variable AWS_SECRET_ACCESS_KEY may not be read as a secret',
      help: expect.stringContaining('secrets.allow.env'),
    })
    const allowed = { env: ['AWS_*'], files: [] }
    expect(await found({ fromEnv: 'AWS_SECRET_ACCESS_KEY' }, { env, allowed })).toBe('hush')
    await expect(found({ fromEnv: 'MINE' }, { env, allowed })).rejects.toMatchObject({ code: 'REFUSED' })
  })
})

describe('a secret in a file', () => {
  function folderWith(files: Readonly<Record<string, string>>): string {
    const folder = join(temporaryFolder(), 'project')
    mkdirSync(folder)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return folder
  }

  it.each([
    ['hush', 'hush'],
    ['hush\n', 'hush'],
    ['hush\r\n', 'hush'],
    ['hush\n\n', 'hush\n'],
    ['two\nlines\n', 'two\nlines'],
    ['snö\n', 'snö'],
  ])('is its text without the last end of line: %j', async (text, expected) => {
    expect(await found({ fromFile: 'key' }, { folder: folderWith({ key: text }) })).toBe(expected)
  })

  it('has to be there, and not empty', async () => {
    const folder = folderWith({ empty: '\n' })
    await expect(found({ fromFile: 'key' }, { folder })).rejects.toMatchObject(missing('file key does not exist'))
    await expect(found({ fromFile: 'empty' }, { folder })).rejects.toMatchObject({
      message: 'file empty is empty',
    })
  })

  it('lies in the folder of the project, or in one that the project names', async () => {
    const folder = folderWith({})
    const other = folderWith({ key: 'hush' })
    symlinkSync(join(other, 'key'), join(folder, 'link'))
    for (const fromFile of [join(other, 'key'), 'link']) {
      await expect(found({ fromFile }, { folder })).rejects.toMatchObject({
        code: 'REFUSED',
        message: expect.stringMatching(/^cannot read the secret file \S+: outside the folders/),
        help: expect.stringContaining('secrets.allow.files'),
      })
      expect(await found({ fromFile }, { folder, allowed: { files: [other] } })).toBe('hush')
    }
  })

  it('is a regular file of at most 64 KiB', async () => {
    const folder = folderWith({ most: 'x'.repeat(65_536), large: 'x'.repeat(65_537) })
    mkdirSync(join(folder, 'folder'))
    expect(await found({ fromFile: 'most' }, { folder })).toHaveLength(65_536)
    for (const fromFile of ['large', 'folder'])
      await expect(found({ fromFile }, { folder })).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it('that cannot be read says so', async () => {
    const folder = folderWith({ file: 'x' })
    await expect(found({ fromFile: 'file/below' }, { folder })).rejects.toMatchObject({
      code: 'IO',
      message: 'cannot read the secret file file/below',
      cause: { code: 'ENOTDIR' },
    })
  })
})

describe('a secret that is new in a change', () => {
  it('is not read until the change was reviewed', async () => {
    const places = (isReviewed: boolean) => ({ env: { S: 'hush' }, reviewed: () => isReviewed })
    await expect(found({ fromEnv: 'S' }, places(false))).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'the secret fromEnv is new in this change, and is not read',
      help: expect.any(String),
    })
    expect(await found({ fromEnv: 'S' }, places(true))).toBe('hush')
  })
})

describe('a secret of a door', () => {
  it('comes from a Kubernetes Secret', async () => {
    const kubernetes = async (name: string, key: string) => (name === 'db' && key === 'password' ? 'hush' : undefined)
    expect(await found({ fromSecret: { name: 'db', key: 'password' } }, { kubernetes })).toBe('hush')
    const other = { fromSecret: { name: 'db', key: 'user' } }
    await expect(found(other, { kubernetes })).rejects.toMatchObject(missing('key user of Secret db does not exist'))
    await expect(found(other, {})).rejects.toMatchObject(missing('key user of Secret db does not exist'))
  })

  it('comes from the configuration of a stack', async () => {
    const pulumiConfig = (key: string) => (key === 'db' ? 'hush' : undefined)
    expect(await found({ fromPulumiConfig: 'db' }, { pulumiConfig })).toBe('hush')
    await expect(found({ fromPulumiConfig: 'x' }, { pulumiConfig })).rejects.toMatchObject(
      missing('Pulumi configuration x is not set'),
    )
    await expect(found({ fromPulumiConfig: 'x' }, {})).rejects.toMatchObject(
      missing('Pulumi configuration x is not set'),
    )
  })
})

const schemaOf = (kind: string) => (kindOf(kind) ?? expect.fail(`no kind ${kind}`)).spec

/** Pointers of lists whose items hold secrets. */
function secretLists(schema: TSchema, path = ''): readonly string[] {
  return fieldsOf(schema).flatMap(({ name, schema: inner }) => {
    const at = `${path}/${name}`
    if (isObjectSchema(inner)) return secretLists(inner, at)
    if (!isListSchema(inner) || !isObjectSchema(itemOf(inner))) return []
    const isSecret = fieldsOf(itemOf(inner)).some((field) => field.meta.secret)
    return [...(isSecret ? [at] : []), ...secretLists(itemOf(inner), at)]
  })
}

describe('the secrets of a spec', () => {
  it.each(KINDS.map((kind) => [kind.name, kind.spec] as const))('are in no list of a %s', (_, schema) =>
    expect(secretLists(schema)).toEqual([]),
  )

  const client = { displayName: 'Portal', clientSecret: { fromEnv: 'S', version: 2 } }
  const organization = {
    displayName: 'Acme',
    access: { cim: { username: { fromEnv: 'U' }, password: { fromFile: 'p' } }, navixy: { hash: { fromEnv: 'H' } } },
  }

  it('are found wherever they are, by pointer', () => {
    expect(secretReferencesOf(schemaOf('Client'), client)).toEqual(
      new Map([['/clientSecret', { fromEnv: 'S', version: 2 }]]),
    )
    expect(secretReferencesOf(schemaOf('Organization'), organization)).toEqual(
      new Map([
        ['/access/cim/username', { fromEnv: 'U' }],
        ['/access/cim/password', { fromFile: 'p' }],
        ['/access/navixy/hash', { fromEnv: 'H' }],
      ]),
    )
  })

  it.each([undefined, null, 'text', []])('are none in what is no spec: %j', (spec) =>
    expect(secretReferencesOf(schemaOf('Client'), spec).size).toBe(0),
  )

  it('are none where a field is unset', () =>
    expect(secretReferencesOf(schemaOf('Client'), { clientSecret: null }).size).toBe(0))

  it('stand where their references stood when they are to be sent, and nothing stands there otherwise', () => {
    const hush = new Secret('hush')
    const send = new Map([['/access/cim/password', hush]])
    expect(withSecrets(schemaOf('Organization'), organization, send)).toEqual({
      displayName: 'Acme',
      access: { cim: { password: hush }, navixy: {} },
    })
    expect(withSecrets(schemaOf('Client'), client, new Map([['/clientSecret', hush]]))).toEqual({
      displayName: 'Portal',
      clientSecret: hush,
    })
    expect(withSecrets(schemaOf('Client'), client, new Map())).toStrictEqual({ displayName: 'Portal' })
  })

  it('are unset where the document unsets them', () =>
    expect(withSecrets(schemaOf('Client'), { clientSecret: null }, new Map())).toEqual({ clientSecret: null }))

  it('leave the spec as it was', () => {
    withSecrets(schemaOf('Client'), client, new Map())
    expect(client.clientSecret).toEqual({ fromEnv: 'S', version: 2 })
  })
})
