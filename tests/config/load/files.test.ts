import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadPaths } from '../../../config/load/load.ts'
import { formatDiagnostic } from '../../../config/resource.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const tenant = (name: string) =>
  `apiVersion: plumbline.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: {}\n`

function write(path: string, content: string | Uint8Array): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

const load = (...paths: string[]) =>
  loadPaths(
    paths.map((path) => join(folder, path)),
    folder,
  )
const names = (...paths: string[]) => load(...paths).resources.map((r) => r.metadata.name)
const messages = (...paths: string[]) => load(...paths).diagnostics.map(formatDiagnostic)

describe('which files are read', () => {
  it('yaml, yml and json of a folder and its subfolders, sorted by path', () => {
    write('b.yml', tenant('b'))
    write('a/z.yaml', tenant('z'))
    write(
      'c.json',
      JSON.stringify({ apiVersion: 'plumbline.dev/v1alpha1', kind: 'Tenant', metadata: { name: 'c' }, spec: {} }),
    )
    write('README.md', '# not a document')
    expect(names('.')).toEqual(['z', 'b', 'c'])
  })

  it('one file that is named, whatever its ending', () => {
    write('tenant.txt', tenant('web'))
    expect(names('tenant.txt')).toEqual(['web'])
  })

  it('not hidden ones and not node_modules', () => {
    write('.git/a.yaml', tenant('hidden'))
    write('node_modules/a.yaml', tenant('package'))
    write('.a.yaml', tenant('dot'))
    expect(names('.')).toEqual([])
  })

  it('says which path is not there', () => {
    expect(messages('nowhere')).toEqual(['nowhere:1:1 there is no such file or folder'])
  })

  it('says which path the operating system refuses, and reads the others', () => {
    write('docs/a.yaml', tenant('a'))
    symlinkSync('loop.yaml', join(folder, 'docs/loop.yaml'))
    expect(messages('docs')).toEqual(['docs/loop.yaml:1:1 cannot be read (ELOOP)'])
    expect(names('docs')).toEqual(['a'])
  })

  it('names files relative to the folder that a person works in', () => {
    write('tenants/web.yaml', tenant('web'))
    expect(load('.').resources[0]?.origin).toMatchObject({ file: 'tenants/web.yaml', line: 1, column: 1 })
  })
})

describe('symbolic links', () => {
  it('are followed inside the folder, and a file with two names is read once', () => {
    write('docs/a.yaml', tenant('a'))
    symlinkSync('a.yaml', join(folder, 'docs/b.yaml'))
    expect(names('docs')).toEqual(['a'])
  })

  it('that lead out of the folder are refused', () => {
    write('outside.yaml', tenant('outside'))
    write('docs/a.yaml', tenant('a'))
    symlinkSync('../outside.yaml', join(folder, 'docs/link.yaml'))
    expect(names('docs')).toEqual(['a'])
    expect(messages('docs')).toEqual(['docs/link.yaml:1:1 this link leads out of the folder and is not followed'])
  })

  it('that lead nowhere are told', () => {
    write('docs/a.yaml', tenant('a'))
    symlinkSync('gone.yaml', join(folder, 'docs/link.yaml'))
    expect(messages('docs')).toEqual(['docs/link.yaml:1:1 this link leads nowhere'])
  })

  it('may go in circles', () => {
    write('docs/a.yaml', tenant('a'))
    symlinkSync('.', join(folder, 'docs/again'))
    expect(names('docs')).toEqual(['a'])
  })
})

describe('limits', () => {
  it('a file is at most 5 MiB', () => {
    write('big.yaml', `# ${'x'.repeat(5 * 1024 * 1024)}\n`)
    expect(messages('.')).toEqual(['big.yaml:1:1 larger than 5 MiB; split the file'])
  })

  it('a file is UTF-8', () => {
    write('latin1.yaml', Buffer.from('displayName: caf\xe9\n', 'latin1'))
    expect(messages('.')).toEqual(['latin1.yaml:1:1 not a UTF-8 text'])
  })

  it('a byte order mark is no part of the text', () => {
    write('bom.yaml', `\uFEFF${tenant('web')}`)
    expect(load('.').resources[0]?.origin).toMatchObject({ line: 1, column: 1 })
  })

  it('a load is at most 100,000 documents', () => {
    write('many.yaml', 'a: 1\n---\n'.repeat(100_001))
    expect(messages('.')).toEqual(['more than 100000 documents; split the project'])
  })
})

describe('documents that are none of ours', () => {
  it('of Kustomize are passed over', () => {
    write(
      'kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n',
    )
    expect(load('.')).toEqual({ resources: [], diagnostics: [] })
  })

  it('such as the project file are passed over', () => {
    write('plumbline.yaml', 'apiVersion: plumbline.dev/v1alpha1\nkind: Project\nname: a\npaths: [.]\n')
    expect(load('.')).toEqual({ resources: [], diagnostics: [] })
  })

  it('of Kubernetes are a mistake that says where to put them', () => {
    write('secret.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n')
    expect(messages('.')).toEqual([
      'secret.yaml:1:13 /apiVersion: this is not a document of Plumbline; move it out of the folders that the project names',
    ])
  })
})
