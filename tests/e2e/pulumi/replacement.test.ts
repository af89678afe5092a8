import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'

const FIRST = '497f6eca-6276-4993-bfeb-53cbbbba6f08'
const SECOND = '0b8f7c52-3e63-4e31-9a55-2f8d0b9a1c11'

const organization = (id: string, deletionPolicy: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Organization
metadata: {name: acme}
spec: {connectionRef: {name: vault}, id: ${id}, deletionPolicy: ${deletionPolicy}}
`
const REFUSED = /Organization\/acme: \/id can be set at creation only/

describe('a field that can be set at creation only', () => {
  let stack: Stack
  const idOf = async () => ((await stack.call('GET', '/v1/organizations/acme')).body as { id: string }).id

  beforeAll(async () => {
    stack = await Stack.create('replacement')
  }, ENGINE_TIMEOUT)
  afterAll(() => stack.remove())

  it('is never changed by deleting an object that was there before', async () => {
    await stack.call('POST', '/v1/organizations', { organization_id: 'acme', id: FIRST })
    await stack.guards('{allow: [replace]}')
    await stack.documents(VAULT, organization(SECOND, 'Delete'))
    expect(await stack.up()).toMatchObject({ code: 1, output: expect.stringMatching(REFUSED) })
    expect(await idOf()).toBe(FIRST)
  })

  it('is refused in the preview when the project does not allow replacements', async () => {
    await stack.guards('{allow: []}')
    await stack.documents(VAULT, organization(FIRST, 'Delete'))
    expect(await stack.up()).toMatchObject({ code: 0 })
    await stack.documents(VAULT, organization(SECOND, 'Delete'))
    expect(await stack.preview()).toMatchObject({ code: 1, output: expect.stringMatching(REFUSED) })
  })

  it('is refused in the preview when that is more than the project lets one run delete', async () => {
    await stack.guards('{allow: [replace]}')
    const ran = await stack.preview()
    expect(ran).toMatchObject({ code: 1, output: expect.stringMatching(/deletes or replaces 100 % of what is owned/) })
  })

  it('is replaced, as the preview says, when the project and the deletion policy allow it', async () => {
    await stack.guards('{allow: [replace], maxDeleteShare: 1}')
    const preview = await stack.preview()
    expect(preview).toMatchObject({ code: 0, output: expect.stringMatching(/1 to replace/) })
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/1 replaced/) })
    expect(await idOf()).toBe(SECOND)
  })
})
