import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../tools/house/directions.ts'
import { FLOORS } from '../../tools/house/floors.ts'
import { type Import, importsOf, productFiles } from '../../tools/house/imports.ts'
import { IMAGE } from '../../tools/image.ts'

const value = (from: string, to: string): Import => ({ from, to, typesOnly: false })
const type = (from: string, to: string): Import => ({ from, to, typesOnly: true })

describe('the floors of the house', () => {
  it('hold in the product', () => {
    const root = fileURLToPath(new URL('../../', import.meta.url))
    expect(faultsOf(importsOf(root, productFiles(root)))).toEqual({ circles: [], mutual: [], upward: [], outward: [] })
  })

  it('all go into the image', () => {
    const folders = FLOORS.flat().map(({ folder }) => folder.split('/')[0] ?? '')
    expect(IMAGE.sources).toEqual(expect.arrayContaining(folders))
  })

  it('tell a circle of files from the file at which it is entered', () => {
    const { circles } = faultsOf([
      value('cli/a.ts', 'cli/b.ts'),
      value('cli/b.ts', 'cli/c.ts'),
      value('cli/c.ts', 'cli/a.ts'),
    ])
    expect(circles).toEqual(['cli/a.ts → cli/b.ts → cli/c.ts → cli/a.ts'])
  })

  it('let types go in a circle, because nothing is loaded', () => {
    expect(faultsOf([value('cli/a.ts', 'cli/b.ts'), type('cli/b.ts', 'cli/a.ts')]).circles).toEqual([])
  })

  it('tell two folders that import each other, and take a folder and its subfolder for one room', () => {
    const imports = [
      value('identity/api/scim/a.ts', 'identity/api/vault/b.ts'),
      value('identity/api/vault/c.ts', 'identity/api/scim/d.ts'),
      value('identity/store/a.ts', 'identity/store/sql/b.ts'),
      value('identity/store/sql/c.ts', 'identity/store/d.ts'),
    ]
    expect(faultsOf(imports).mutual).toEqual(['identity/api/scim ↔ identity/api/vault'])
  })

  it('tell what the product imports from tools and tests', () => {
    expect(faultsOf([value('cli/a.ts', 'tools/b.ts'), type('cli/a.ts', 'tests/c.ts')]).outward).toEqual([
      'cli/a.ts → tools/b.ts',
      'cli/a.ts → tests/c.ts',
    ])
  })

  it('tell an import up a floor, of types as well', () => {
    const up = type('identity/store/a.ts', 'identity/pages/b.ts')
    expect(faultsOf([up, value('identity/pages/b.ts', 'identity/store/c.ts')]).upward).toEqual([
      'identity/store/a.ts → identity/pages/b.ts',
    ])
  })
})
