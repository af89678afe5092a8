import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'

const organization = (name: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: ${name}}
spec: {connectionRef: {name: vault}, displayName: ${name}, deletionPolicy: Delete}
`

describe('pulumi destroy --target of an object with deletionPolicy: Delete', () => {
  let stack: Stack
  const destroy = (name: string) =>
    stack.run(['destroy', '--yes', '--skip-preview', '--target', `**Organization::${name}`])
  const statusOf = async (name: string) => (await stack.call('GET', `/v1/organizations/${name}`)).status
  const inState = async () =>
    (await stack.resources()).map(({ urn }) => urn.slice(urn.lastIndexOf('::') + 2)).toSorted()

  beforeAll(async () => {
    stack = await Stack.create('destroy')
    await stack.guards('{allow: [delete], maxDeleteShare: 1}')
    await stack.documents(VAULT, organization('present'), organization('gone'))
    expect(await stack.up()).toMatchObject({ code: 0 })
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it('only ends the management of what a document describes, and the next run takes it back', async () => {
    expect(await destroy('present')).toMatchObject({ code: 0 })
    expect([await inState(), await statusOf('present')]).toEqual([['gone'], 200])
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 1 created/) })
    expect(await inState()).toEqual(['gone', 'present'])
  })

  it('deletes nothing of which the document is gone, says so, and keeps it in the state', async () => {
    await stack.documents(VAULT, organization('present'))
    const ran = await destroy('gone')
    expect(ran.code).not.toBe(0)
    expect(ran.output).toContain('Organization/gone: the guards of the project were not asked about it')
    expect(ran.output).toContain('remove its document and run `pulumi up`')
    expect([await inState(), await statusOf('gone')]).toEqual([['gone', 'present'], 200])
  })

  it('leaves the deletion to the next up, which asks the guards', async () => {
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/- 1 deleted/) })
    expect([await inState(), await statusOf('gone')]).toEqual([['present'], 404])
  })
})
