import { type Exchange, found, GROUP, NOBODY, patchOp, type Recording, USER } from './exchange.ts'

// Shapes: Okta Developer, "SCIM 2.0 Protocol Reference" (users and groups), and its SCIM 2.0 specification test.

const JANE = {
  schemas: [USER],
  userName: 'jane.doe@acme.example',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [{ primary: true, value: 'jane.doe@acme.example', type: 'work' }],
  displayName: 'Jane Doe',
  locale: 'en-US',
  externalId: '00ujl29u0le5T6Aj10h7',
  groups: [],
  password: '1mz050nq',
  active: true,
}
const { password: _, groups: _g, ...SHOWN } = JANE

const page = (path: string, filter?: string) =>
  `${path}?${filter === undefined ? '' : `filter=${encodeURIComponent(filter)}&`}startIndex=1&count=100`

const CONNECTING: readonly Exchange[] = [
  {
    what: 'Test API Credentials reads a page of users',
    request: ['GET', '/Users?startIndex=1&count=2'],
    status: 200,
    answer: { ...NOBODY, startIndex: 1, itemsPerPage: 0 },
  },
  { what: 'reads one user of the list', request: ['GET', '/Users?count=1&startIndex=1'], status: 200 },
  {
    what: 'reads somebody whom nobody has',
    request: ['GET', '/Users/010101001010101011001010101011'],
    status: 404,
    answer: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' },
  },
]

const USERS: readonly Exchange[] = [
  {
    what: 'looks for a user by name',
    request: ['GET', page('/Users', 'userName eq "jane.doe@acme.example"')],
    status: 200,
    answer: NOBODY,
  },
  {
    what: 'creates the user',
    request: ['POST', '/Users', JANE],
    status: 201,
    answer: SHOWN,
    without: ['password'],
    remember: 'jane',
  },
  {
    what: 'does not create it twice',
    request: ['POST', '/Users', JANE],
    status: 409,
    answer: { status: '409', scimType: 'uniqueness' },
  },
  {
    what: 'finds the user',
    request: ['GET', page('/Users', 'userName eq "jane.doe@acme.example"')],
    status: 200,
    answer: { ...found({ id: '{jane}', active: true }), startIndex: 1, itemsPerPage: 1 },
  },
  { what: 'reads the user', request: ['GET', '/Users/{jane}'], status: 200, answer: { id: '{jane}', ...SHOWN } },
  {
    what: 'replaces the whole user, with what it has read',
    request: [
      'PUT',
      '/Users/{jane}',
      {
        ...SHOWN,
        id: '{jane}',
        name: { givenName: 'Jane', familyName: 'Roe', middleName: 'Excited' },
        meta: { resourceType: 'User' },
        groups: [],
      },
    ],
    status: 200,
    answer: { id: '{jane}', name: { familyName: 'Roe', middleName: 'Excited' }, displayName: 'Jane Doe' },
  },
  {
    what: 'synchronizes the password',
    request: ['PATCH', '/Users/{jane}', patchOp({ op: 'replace', value: { password: 'c0rrect-horse-battery' } })],
    status: 200,
    without: ['password'],
  },
  {
    what: 'imports all users by pages',
    request: ['GET', page('/Users')],
    status: 200,
    answer: found({ id: '{jane}' }),
  },
]

const GROUPS: readonly Exchange[] = [
  { what: 'reads the groups before a push', request: ['GET', page('/Groups')], status: 200, answer: NOBODY },
  {
    what: 'looks for the group by name',
    request: ['GET', page('/Groups', 'displayName eq "Everybody at Acme"')],
    status: 200,
    answer: NOBODY,
  },
  {
    what: 'pushes the group, without members first',
    request: ['POST', '/Groups', { schemas: [GROUP], displayName: 'Everybody at Acme', members: [] }],
    status: 201,
    answer: { displayName: 'Everybody at Acme' },
    remember: 'group',
  },
  {
    what: 'pushes a member, with a name to show',
    request: [
      'PATCH',
      '/Groups/{group}',
      patchOp({ op: 'add', path: 'members', value: [{ value: '{jane}', display: 'jane.doe@acme.example' }] }),
    ],
    status: 200,
    answer: { members: [{ value: '{jane}' }] },
  },
  {
    what: 'pushes the same member again',
    request: [
      'PATCH',
      '/Groups/{group}',
      patchOp({ op: 'add', path: 'members', value: [{ value: '{jane}', display: 'jane.doe@acme.example' }] }),
    ],
    status: 200,
    answer: { members: [{ value: '{jane}' }] },
  },
  {
    what: 'renames the group by its id and name',
    request: [
      'PATCH',
      '/Groups/{group}',
      patchOp({ op: 'replace', value: { id: '{group}', displayName: 'Acme, all of it' } }),
    ],
    status: 200,
    answer: { id: '{group}', displayName: 'Acme, all of it', members: [{ value: '{jane}' }] },
  },
  {
    what: 'replaces all members',
    request: [
      'PATCH',
      '/Groups/{group}',
      patchOp({ op: 'replace', path: 'members', value: [{ value: '{jane}', display: 'jane.doe@acme.example' }] }),
    ],
    status: 200,
    answer: { members: [{ value: '{jane}' }] },
  },
  {
    what: 'removes a member',
    request: ['PATCH', '/Groups/{group}', patchOp({ op: 'remove', path: 'members[value eq "{jane}"]' })],
    status: 200,
    without: ['members'],
  },
  {
    what: 'replaces the whole group, as integrations of the wizard do',
    request: [
      'PUT',
      '/Groups/{group}',
      {
        schemas: [GROUP],
        id: '{group}',
        displayName: 'Acme, all of it',
        members: [{ value: '{jane}', display: 'jane.doe@acme.example' }],
      },
    ],
    status: 200,
    answer: { id: '{group}', members: [{ value: '{jane}' }] },
  },
  {
    what: 'reads the group',
    request: ['GET', '/Groups/{group}'],
    status: 200,
    answer: { members: [{ value: '{jane}' }] },
  },
  { what: 'deletes the group', request: ['DELETE', '/Groups/{group}'], status: 204 },
]

const LEAVING: readonly Exchange[] = [
  {
    what: 'deactivates the user by PATCH',
    request: ['PATCH', '/Users/{jane}', patchOp({ op: 'replace', value: { active: false } })],
    status: 200,
    answer: { active: false },
  },
  {
    what: 'finds the deactivated user',
    request: ['GET', page('/Users', 'userName eq "jane.doe@acme.example"')],
    status: 200,
    answer: found({ id: '{jane}', active: false }),
  },
  {
    what: 'activates the user again by PUT',
    request: ['PUT', '/Users/{jane}', { ...SHOWN, id: '{jane}', active: true }],
    status: 200,
    answer: { active: true },
  },
  {
    what: 'deactivates by PUT, as integrations of the wizard do',
    request: ['PUT', '/Users/{jane}', { ...SHOWN, id: '{jane}', active: false }],
    status: 200,
    answer: { active: false },
  },
]

export const OKTA: Recording = {
  name: 'Okta',
  headers: {
    'content-type': 'application/scim+json; charset=utf-8',
    accept: 'application/scim+json',
    'user-agent': 'Okta SCIM Client 1.0.0',
  },
  exchanges: [...CONNECTING, ...USERS, ...GROUPS, ...LEAVING],
}
