import { describe, expect, it } from 'vitest'
import { newUser } from '../../../identity/directory/users.ts'
import { methodsWithProposed, type ProposedDocument, withProposed } from '../../../identity/policy/proposed.ts'

const JANE = newUser(
  {
    user_id: 'jane',
    username: 'jane',
    email: 'jane@example.com',
    tenant_id: 'web',
    external_id: '7',
    is_disabled: false,
    is_verified: true,
  },
  '2026-01-01T00:00:00Z',
)
const assignment = (spec: object): ProposedDocument => ({
  kind: 'MfaAssignment',
  spec: { type: 'Allowed', factorTypes: ['Email'], ...spec },
})
const NOW = { MfaAssignment: { type: 'Disallowed' } }
const typeOf = (...proposed: readonly ProposedDocument[]) => withProposed(NOW, proposed, JANE).MfaAssignment?.type

describe('documents that are not applied', () => {
  it('change what they name, leave the rest, and unset what they say null for', () => {
    const now = { CimFeatures: { loginEnabled: true, pinEnabled: true, personActivation: { type: 'Email' } } }
    const spec = { pinEnabled: false, personActivation: { type: null, enabled: true } }
    expect(withProposed(now, [{ kind: 'CimFeatures', spec }])).toEqual({
      CimFeatures: { loginEnabled: true, pinEnabled: false, personActivation: { enabled: true } },
    })
  })

  it('of an object that is not there have the defaults of its system under them', () => {
    const { Tenant } = withProposed({}, [{ kind: 'Tenant', spec: { pin: { enabled: true } } }])
    expect(Tenant).toMatchObject({ pin: { enabled: true, size: expect.any(Number) } })
  })

  it.each([
    ['the user is listed, by the id of the other system', [assignment({ users: [7] })], 'Allowed'],
    ['others are listed', [assignment({ users: [8] })], 'Disallowed'],
    ['it is of all users', [assignment({ allUsers: true })], 'Allowed'],
    [
      'an exception stands beside the rule for everyone, wherever',
      [assignment({ users: [7], type: 'Disallowed' }), assignment({ allUsers: true })],
      'Disallowed',
    ],
  ])('give a user a second-factor setting when %s', (_, proposed, type) => {
    expect(typeOf(...proposed)).toBe(type)
  })

  it('of all users give none to who is not a user of that system', () => {
    expect(withProposed({}, [assignment({ allUsers: true })], JANE).MfaAssignment).toBeUndefined()
  })

  it('about a login at another provider are the one of that type and name, or a new one', () => {
    const google = { type: 'Google', displayName: 'Google', enabled: true, authenticationLevel: 2 }
    const of = (displayName: string): ProposedDocument => ({
      kind: 'CimLoginMethod',
      spec: { type: 'Google', displayName, enabled: false },
    })
    const methods = methodsWithProposed([{ id: 'g', spec: google }], [of('Google'), of('Other')])
    expect(methods).toMatchObject([
      { id: 'g', spec: { ...google, enabled: false } },
      { spec: { displayName: 'Other', enabled: false } },
    ])
    expect(methods[1]).not.toHaveProperty('id')
  })

  it('about a login at another provider are the one of that id under another name, of the same type only', () => {
    const google = { type: 'Google', displayName: 'Google', enabled: true }
    const of = (type: string): ProposedDocument => ({
      kind: 'CimLoginMethod',
      id: 'g',
      spec: { type, displayName: 'Work', enabled: false },
    })
    expect(methodsWithProposed([{ id: 'g', spec: google }], [of('Google')])).toEqual([
      { id: 'g', spec: { type: 'Google', displayName: 'Work', enabled: false } },
    ])
    expect(methodsWithProposed([{ id: 'g', spec: google }], [of('Facebook')])).toMatchObject([
      { id: 'g', spec: google },
      { spec: { type: 'Facebook', displayName: 'Work' } },
    ])
  })
})
