import { describe, expect, it } from 'vitest'
import type { Resource } from '../../config/resource.ts'
import { foundTwice } from '../../reconciler/duplicates.ts'
import type { Facts } from '../../reconciler/facts.ts'
import { match } from '../../reconciler/match.ts'
import type { Snapshot } from '../../reconciler/model.ts'
import { factsFor, group, HERE, placed, THERE, tenant } from '../support/matching.ts'

const sights = (ids: Readonly<Record<string, string | undefined>>): Snapshot =>
  new Map(
    Object.entries(ids).map(([address, id]) => [
      address,
      {
        sight: id === undefined ? { state: 'absent' } : { state: 'present', observed: { id, key: 'k', spec: {} } },
        fingerprints: {},
        delivered: true,
      },
    ]),
  )

describe('documents that lead to one object, though their keys differ', () => {
  const documents = [placed(group('a')), placed(group('b')), placed(group('c'))]

  it('are an error for each but the first', () => {
    const found = foundTwice(documents, sights({ 'Group/a': '1', 'Group/b': '1', 'Group/c': '1' }))
    expect(found.map((d) => [d.resource, d.message])).toEqual([
      ['Group/b', 'Group/a describes the same object; keep one document for it'],
      ['Group/c', 'Group/a describes the same object; keep one document for it'],
    ])
  })

  it.each([
    ['are of two objects', documents, { 'Group/a': '1', 'Group/b': '2', 'Group/c': '3' }],
    ['find nothing', documents, { 'Group/a': undefined, 'Group/b': undefined, 'Group/c': undefined }],
    ['were not looked at', documents, {}],
    ['are of two kinds', [placed(group('a')), placed(tenant('b'))], { 'Group/a': '1', 'Tenant/b': '1' }],
    ['are in two places', [placed(group('a'), HERE), placed(group('b'), THERE)], { 'Group/a': '1', 'Group/b': '1' }],
    [
      'are in two tenants',
      [placed(group('a')), placed(group('b', { tenantRef: { id: 'other' } }))],
      { 'Group/a': '1', 'Group/b': '1' },
    ],
  ])('are none where they %s', (_, all, ids) => expect(foundTwice(all, sights(ids))).toEqual([]))
})

const duplicatesOf = (documents: readonly Facts[]) =>
  match({ documents, entries: new Map(), places: new Map([['vault', HERE]]) }).diagnostics

describe('two documents of one object', () => {
  const at = (resource: Resource, file: string, line: number): Resource => ({
    ...resource,
    origin: { file, line, column: 3 } as NonNullable<Resource['origin']>,
  })

  it('are an error that names both', () => {
    const documents = factsFor(at(tenant('a'), 'one.yaml', 1), at(tenant('b', { tenantId: 'a' }), 'two.yaml', 7))
    expect(duplicatesOf(documents)).toEqual([
      {
        severity: 'error',
        code: 'INVALID_DOCUMENT',
        message: 'Tenant/a describes the same object (one.yaml:1); keep one document for it',
        resource: 'Tenant/b',
        file: 'two.yaml',
        line: 7,
        column: 3,
      },
    ])
  })

  it('are an error also where nobody knows their files', () => {
    const documents = factsFor(tenant('a'), tenant('b', { tenantId: 'a' }))
    expect(duplicatesOf(documents)).toEqual([
      {
        severity: 'error',
        code: 'INVALID_DOCUMENT',
        message: 'Tenant/a describes the same object; keep one document for it',
        resource: 'Tenant/b',
      },
    ])
  })

  it('are told once for each of them but the first', () => {
    const documents = factsFor(tenant('a'), tenant('b', { tenantId: 'a' }), tenant('c', { tenantId: 'a' }))
    expect(duplicatesOf(documents).map((d) => [d.resource, d.message.split(' ')[0]])).toEqual([
      ['Tenant/b', 'Tenant/a'],
      ['Tenant/c', 'Tenant/a'],
    ])
  })
})
