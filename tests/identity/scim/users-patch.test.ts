import { describe, expect, it } from 'vitest'
import { ENTERPRISE, jane, scimUsers } from './scim-users.ts'

const scim = scimUsers()

describe('patchScimUser', () => {
  it.each([
    ['replaces by path', [{ op: 'replace', path: 'userName', value: 'Janet' }], { userName: 'Janet' }],
    ['takes any letter case', [{ op: 'Replace', path: 'USERNAME', value: 'Janet' }], { userName: 'Janet' }],
    ['disables the account', [{ op: 'replace', value: { active: false } }], { active: false }],
    [
      'changes a chosen item',
      [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'h@jane.example' }],
      {
        emails: [jane.emails[1], { value: 'h@jane.example', type: 'home' }],
      },
    ],
    ['removes a chosen item', [{ op: 'remove', path: 'emails[type eq "home"]' }], { emails: [jane.emails[1]] }],
    [
      'sets an attribute of the extension',
      [{ op: 'add', path: `${ENTERPRISE}:department`, value: 'IT' }],
      {
        [ENTERPRISE]: { department: 'IT' },
      },
    ],
    [
      'takes attributes without a path, with dotted and qualified names',
      [
        {
          op: 'add',
          value: { 'name.givenName': 'Janet', NickName: 'J', [`${ENTERPRISE}:department`]: 'IT', id: 'other' },
        },
      ],
      { name: { givenName: 'Janet', familyName: 'Doe' }, nickName: 'J', [ENTERPRISE]: { department: 'IT' } },
    ],
    [
      'replaces a whole extension by its name',
      [{ op: 'replace', value: { [ENTERPRISE]: { division: 'D' } } }],
      { [ENTERPRISE]: { department: 'Sales', division: 'D' } },
    ],
    [
      'reads the booleans that some directories send as texts',
      [{ op: 'replace', path: 'active', value: 'False' }],
      { active: false },
    ],
    [
      'chooses items by a nested filter',
      [
        {
          op: 'replace',
          path: 'emails[not (type eq "WORK") and (value ew ".example" or primary pr)].display',
          value: 'H',
        },
      ],
      { emails: [jane.emails[1], { ...jane.emails[0], display: 'H' }] },
    ],
    [
      'replaces a chosen item as a whole',
      [{ op: 'replace', path: 'emails[type eq "home"]', value: { value: 'new@jane.example' } }],
      { emails: [jane.emails[1], { value: 'new@jane.example' }] },
    ],
    [
      'adds the item that nothing fulfils yet',
      [{ op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '+1' }],
      { phoneNumbers: [{ type: 'work', value: '+1' }] },
    ],
    [
      'takes the primary mark from the others',
      [{ op: 'add', path: 'emails', value: [{ value: 'third@jane.example', primary: true }] }],
      {
        emails: [{ value: 'third@jane.example', primary: true }, { ...jane.emails[1], primary: false }, jane.emails[0]],
      },
    ],
    [
      'moves the primary mark',
      [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
      {
        emails: [
          { ...jane.emails[0], primary: true },
          { ...jane.emails[1], primary: false },
        ],
      },
    ],
    [
      'replaces a list',
      [{ op: 'replace', path: 'emails', value: [{ value: 'one@jane.example' }] }],
      { emails: [{ value: 'one@jane.example' }] },
    ],
    [
      'removes the items of the value',
      [{ op: 'remove', path: 'emails', value: [{ value: 'home@jane.example' }] }],
      { emails: [jane.emails[1]] },
    ],
    [
      'changes a part of all items',
      [{ op: 'replace', path: 'emails.display', value: 'D' }],
      {
        emails: [
          { ...jane.emails[1], display: 'D' },
          { ...jane.emails[0], display: 'D' },
        ],
      },
    ],
    [
      'applies the operations in their order',
      [
        { op: 'add', path: 'title', value: 'A' },
        { op: 'replace', path: 'TITLE', value: 'B' },
      ],
      { title: 'B' },
    ],
    [
      'sets part of a complex attribute',
      [{ op: 'add', path: 'name.middleName', value: 'M' }],
      {
        name: { givenName: 'Jane', middleName: 'M', familyName: 'Doe' },
      },
    ],
  ])('%s', async (_, operations, expected) => {
    const { id } = await scim.create()
    const { status, body } = await scim.patch(id, operations)
    expect(status).toBe(200)
    expect(body).toMatchObject(expected)
  })

  it.each([
    ['null', [{ op: 'replace', path: 'name.givenName', value: null }], 'name', { familyName: 'Doe' }],
    ['a removal', [{ op: 'remove', path: 'externalId' }], 'externalId', undefined],
    ['the removal of the last part', [{ op: 'remove', path: `${ENTERPRISE}:department` }], ENTERPRISE, undefined],
    ['the removal of an extension', [{ op: 'remove', path: ENTERPRISE }], ENTERPRISE, undefined],
    ['an empty list', [{ op: 'replace', path: 'roles', value: [] }], 'roles', undefined],
  ])('takes away by %s', async (_, operations, attribute, left) => {
    const { id } = await scim.create()
    const { status, body } = await scim.patch(id, operations)
    expect([status, body[attribute]]).toEqual([200, left])
  })

  it('keeps the version when nothing changes', async () => {
    const { id } = await scim.create()
    expect((await scim.patch(id, [{ op: 'replace', path: 'userName', value: 'Jane' }])).headers.etag).toBe('W/"1"')
  })

  it('answers 409 uniqueness when the new name is taken', async () => {
    await scim.create({ ...jane, userName: 'joe' })
    const { id } = await scim.create()
    expect((await scim.patch(id, [{ op: 'replace', path: 'userName', value: 'JOE' }])).body.scimType).toBe('uniqueness')
  })

  it.each([
    ['an unknown attribute', [{ op: 'replace', path: 'nosuch', value: 1 }], 'invalidPath'],
    ['a path without end', [{ op: 'replace', path: 'emails[', value: 1 }], 'invalidPath'],
    [
      'a path into prototypes',
      [{ op: 'add', path: 'emails[__proto__.polluted eq "a"].value', value: 'x' }],
      'invalidFilter',
    ],
    ['a part that lists do not have', [{ op: 'remove', path: 'name[givenName eq "Jane"]' }], 'invalidPath'],
    ['a read-only part', [{ op: 'replace', path: 'meta.created', value: '2020-01-01T00:00:00Z' }], 'mutability'],
    ['the id', [{ op: 'replace', path: 'id', value: 'x' }], 'mutability'],
    ['an unknown operation', [{ op: 'move', path: 'userName' }], 'invalidSyntax'],
    ['no operations', [], 'invalidValue'],
    ['an addition of nothing', [{ op: 'add', value: null }], 'invalidValue'],
    ['something that is no operation', [null], 'invalidSyntax'],
    ['the removal of userName', [{ op: 'remove', path: 'userName' }], 'invalidValue'],
    ['a removal without path', [{ op: 'remove' }], 'noTarget'],
    [
      'a chosen item that is not there',
      [{ op: 'replace', path: 'emails[type eq "x"].value', value: 'a@b.example' }],
      'noTarget',
    ],
  ])('refuses %s', async (_, operations, scimType) => {
    const { id } = await scim.create()
    const { status, body } = await scim.patch(id, operations)
    expect({ status, scimType: body.scimType }).toEqual({ status: 400, scimType })
  })
})
