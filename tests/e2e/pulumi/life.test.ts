import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FileStore } from '../../../evidence/file-store.ts'
import { evidencePlace } from '../../../evidence/places.ts'
import { readRecords, verifyEvidence } from '../../../evidence/read.ts'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'

const organization = (name: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: ${name}}
spec: {connectionRef: {name: vault}, displayName: ${name}}
`
const tenant = (name: string, fields: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: ${name}}
spec: {connectionRef: {name: vault}, ${fields}}
`

const evidenceOf = (stack: Stack) => new FileStore(evidencePlace(join(stack.folder, 'project/.plumbline/evidence')))

describe('a project under pulumi up', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await Stack.create('life', 'sources')
    await stack.documents(VAULT, organization('acme'), tenant('acme-web', 'displayName: Acme, pin: {size: 6}'))
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it('creates every document, with the digest of the documents as an output', async () => {
    const ran = await stack.up()
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 4 created/) })
    expect(ran.output).toMatch(/digest: "[0-9a-f]{64}"/)
    expect(await stack.call('GET', '/v1/tenants/acme-web')).toMatchObject({ status: 200, body: { pin_size: 6 } })
  })

  it('has nothing to do the second time', async () => {
    const ran = await stack.run(['preview', '--diff', '--expect-no-changes'])
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/4 unchanged/) })
  })

  it('shows after a refresh which field was changed behind its back', async () => {
    await stack.call('PUT', '/v1/tenants/acme-web', { display_name: 'Acme', pin_size: 4 })
    const ran = await stack.preview('--refresh')
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/~ size *: 4 => 6/) })
    expect(ran.output).toMatch(/~ 1 to update/)
  })

  it('corrects it and nothing else', async () => {
    const ran = await stack.up('--refresh')
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/~ 1 updated/) })
    expect(await stack.call('GET', '/v1/tenants/acme-web')).toMatchObject({ body: { pin_size: 6 } })
  })

  it('creates again what was deleted behind its back', async () => {
    await stack.call('DELETE', '/v1/organizations/acme')
    const ran = await stack.up('--refresh')
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 1 created/) })
    expect(await stack.call('GET', '/v1/organizations/acme')).toMatchObject({ status: 200 })
  })

  it('leaves a signed record of each write before it and after it, none of a preview, and names the stack', async () => {
    const records = await readRecords(evidenceOf(stack))
    const ended = records.filter(({ phase }) => phase === 'ended')
    expect(ended.map(({ objects: [object] }) => [object?.action, object?.address, object?.status])).toEqual([
      ['create', expect.stringMatching(/^(Organization\/acme|Tenant\/acme-web)$/), 'done'],
      ['create', expect.stringMatching(/^(Organization\/acme|Tenant\/acme-web)$/), 'done'],
      ['update', 'Tenant/acme-web', 'done'],
      ['create', 'Organization/acme', 'done'],
    ])
    expect(ended[2]).toMatchObject({
      command: 'pulumi',
      stack: expect.stringContaining('/life'),
      objects: [
        {
          fields: ['/pin/size'],
          drift: true,
          before: expect.any(String),
          after: expect.any(String),
          requests: expect.arrayContaining([expect.objectContaining({ status: 200, id: expect.any(String) })]),
        },
      ],
    })
    expect(await verifyEvidence(evidenceOf(stack))).toMatchObject({ records: records.length, unended: 0 })
  })

  it('names the mistakes of the documents by file and line, and sends nothing', async () => {
    await stack.documents(VAULT, tenant('acme-web', 'pin: {size: 99}'))
    const ran = await stack.preview()
    expect(ran.code).not.toBe(0)
    expect(ran.output).toMatch(/all\.yaml:12:\d+ Tenant\/acme-web \/spec\/pin\/size: /)
    expect(ran.output).not.toMatch(/^\s+at .*\.ts/m)
  })
})

describe('a document that goes away', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await Stack.create('removal')
    const deleted = organization('deleted').replace('vault},', 'vault}, deletionPolicy: Delete,')
    await stack.documents(VAULT, organization('retained'), deleted)
    await stack.up()
    await stack.guards('{allow: [delete, empty], maxDeleteShare: 0.5}')
    await stack.documents(VAULT)
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/- 2 deleted/) })
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it('leaves the object when its policy is Retain, which is the default', async () => {
    expect(await stack.call('GET', '/v1/organizations/retained')).toMatchObject({ status: 200 })
  })

  it('deletes the object when its policy is Delete', async () => {
    expect(await stack.call('GET', '/v1/organizations/deleted')).toMatchObject({ status: 404 })
    const last = (await readRecords(evidenceOf(stack))).at(-1)
    expect(last).toMatchObject({ phase: 'ended', objects: [{ action: 'delete', address: 'Organization/deleted' }] })
  })
})
