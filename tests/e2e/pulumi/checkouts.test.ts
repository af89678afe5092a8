import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SHELL } from '../../../providers/pulumi/shell.ts'
import { copyOfRepository, type Ran, Stack, type StoredResource, VAULT } from '../../support/engine.ts'

const ORGANIZATION = `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec: {connectionRef: {name: vault}, displayName: Acme}
`

describe('one stack from two checkouts at different places', () => {
  let checkouts: readonly [string, string]
  let stack: Stack
  let stored: readonly StoredResource[]
  let elsewhere: Ran

  beforeAll(async () => {
    checkouts = [await copyOfRepository(), await copyOfRepository()]
    stack = await Stack.create(checkouts[0], 'moved')
    await stack.documents(VAULT, ORGANIZATION)
    expect(await stack.up()).toMatchObject({ code: 0 })
    stored = await stack.resources()
    stack.moveTo(checkouts[1])
    elsewhere = await stack.run(['preview', '--diff', '--expect-no-changes'])
  }, 120_000)

  afterAll(async () => {
    await stack.remove()
    for (const checkout of checkouts) await rm(checkout, { recursive: true, force: true })
  })

  it('shows no difference', () => {
    expect(elsewhere).toMatchObject({ code: 0 })
  })

  it('stores the same provider in the state, free of any path, in less than 1.5 KB', () => {
    expect(stored.map((r) => r.inputs?.__provider)).toEqual([SHELL])
    expect(Buffer.byteLength(SHELL)).toBeLessThan(1536)
    expect(SHELL).not.toContain(checkouts[0])
  })
})
