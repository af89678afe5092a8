import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SHELL } from '../../../providers/pulumi/shell.ts'
import { ENGINE_TIMEOUT, type Ran, Stack, type StoredResource, VAULT } from '../../support/engine.ts'

const ORGANIZATION = `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec: {connectionRef: {name: vault}, displayName: Acme}
`

describe.each(['package', 'sources'] as const)('one stack from two places of its %s', (form) => {
  let stack: Stack
  let stored: readonly StoredResource[]
  let elsewhere: Ran

  beforeAll(async () => {
    stack = await Stack.create('moved', form)
    await stack.documents(VAULT, ORGANIZATION)
    expect(await stack.up()).toMatchObject({ code: 0 })
    stored = await stack.resources()
    await stack.moveToAnotherCheckout()
    elsewhere = await stack.run(['preview', '--diff', '--expect-no-changes'])
  }, ENGINE_TIMEOUT)

  afterAll(() => stack.remove())

  it('shows no difference', () => {
    expect(elsewhere).toMatchObject({ code: 0 })
  })

  it('stores the one constant provider in the state, in less than 1.5 KB', () => {
    expect(stored.map((r) => r.inputs?.__provider)).toEqual([SHELL])
    expect(Buffer.byteLength(SHELL)).toBeLessThan(1536)
  })
})
