import { ENTERPRISE, type Exchange, found, GROUP, NOBODY, patchOp, type Recording, USER } from './exchange.ts'

// Shapes: Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint" and "Known issues and resolutions with SCIM 2.0 protocol
// compliance": what the provisioning service sends without the flag `aadOptscim062020`, and with it.

const ADA = {
  schemas: [USER, ENTERPRISE],
  externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
  userName: 'ada_lovelace.example#EXT#@contoso.onmicrosoft.com',
  active: true,
  displayName: 'Ada Lovelace',
  emails: [{ primary: true, type: 'work', value: 'ada@contoso.example' }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Ada Lovelace', familyName: 'Lovelace', givenName: 'Ada' },
  roles: [],
  [ENTERPRISE]: { employeeNumber: '1815', department: 'Engines' },
}
/** With an extension that the service does not know. */
const CUSTOM = 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User'
const BOSS = {
  schemas: [USER, ENTERPRISE, CUSTOM],
  externalId: 'boss',
  userName: 'babbage@contoso.example',
  active: true,
  [CUSTOM]: { tag: '701984' },
}
const MANAGER = `${ENTERPRISE}:manager`

const by = (filter: string, more = '') => `/Users?filter=${encodeURIComponent(filter)}${more}`
const groupBy = (filter: string) => `/Groups?excludedAttributes=members&filter=${encodeURIComponent(filter)}`

const TEST_CONNECTION: readonly Exchange[] = [
  {
    what: 'Test Connection asks for a user whom nobody can have',
    request: ['GET', by('userName eq "bd8c3ca5-4b2c-41c2-9f3b-b4a4ad5e2a5d"')],
    status: 200,
    answer: NOBODY,
  },
  {
    what: 'and for such a group',
    request: ['GET', groupBy('displayName eq "e0f9a2b5-3e93-4a0a-9a0e-61b7b9d7d2c4"')],
    status: 200,
    answer: NOBODY,
  },
  { what: 'reads the schemas', request: ['GET', '/Schemas'], status: 200 },
]

const USERS: readonly Exchange[] = [
  {
    what: 'looks for a user by name',
    request: ['GET', by(`userName eq "${ADA.userName}"`)],
    status: 200,
    answer: NOBODY,
  },
  {
    what: 'creates the user',
    request: ['POST', '/Users', ADA],
    status: 201,
    answer: { ...ADA, roles: undefined, meta: { resourceType: 'User' } },
    remember: 'ada',
  },
  {
    what: 'does not create it twice',
    request: ['POST', '/Users', ADA],
    status: 409,
    answer: { status: '409', scimType: 'uniqueness' },
  },
  {
    what: 'reads the user',
    request: ['GET', '/Users/{ada}'],
    status: 200,
    answer: { id: '{ada}', userName: ADA.userName },
  },
  {
    what: 'finds it by what it matches with: the name in another case',
    request: ['GET', by('userName eq "ADA_LOVELACE.example#EXT#@contoso.onmicrosoft.com"')],
    status: 200,
    answer: found({ id: '{ada}' }),
  },
  {
    what: 'the id of the directory',
    request: ['GET', by(`externalId eq "${ADA.externalId}"`)],
    status: 200,
    answer: found({ id: '{ada}' }),
  },
  {
    what: 'the address at work',
    request: ['GET', by('emails[type eq "work"].value eq "ada@contoso.example"')],
    status: 200,
    answer: found({ id: '{ada}' }),
  },
  {
    what: 'updates attributes that are there, and adds those that are not',
    request: [
      'PATCH',
      '/Users/{ada}',
      patchOp(
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'countess@contoso.example' },
        { op: 'Replace', path: 'name.familyName', value: 'King' },
        { op: 'Add', path: 'nickName', value: 'Babs' },
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+44 20 1815' },
        { op: 'Add', path: 'emails[type eq "other"].Value', value: 'ada@other.example' },
        { op: 'Add', path: 'addresses[type eq "work"].streetAddress', value: '12 St James’s Square' },
        { op: 'Add', path: 'addresses[type eq "work"].postalCode', value: 'SW1' },
        { op: 'Add', path: 'addresses[type eq "other"].Formatted', value: 'Second floor' },
        { op: 'Add', path: 'title', value: 'Analyst' },
        { op: 'Add', path: 'preferredLanguage', value: 'en-GB' },
        { op: 'Add', path: 'roles[primary eq "True"].value', value: 'editor' },
        { op: 'Replace', path: `${ENTERPRISE}:department`, value: 'Analytical Engines' },
        { op: 'Add', path: `${ENTERPRISE}:costCenter`, value: '42' },
      ),
    ],
    status: 200,
    answer: {
      emails: [
        { type: 'work', value: 'countess@contoso.example', primary: true },
        { type: 'other', value: 'ada@other.example' },
      ],
      name: { familyName: 'King', givenName: 'Ada' },
      nickName: 'Babs',
      phoneNumbers: [{ type: 'mobile', value: '+44 20 1815' }],
      addresses: [
        { type: 'work', streetAddress: '12 St James’s Square', postalCode: 'SW1' },
        { type: 'other', formatted: 'Second floor' },
      ],
      roles: [{ primary: true, value: 'editor' }],
      [ENTERPRISE]: { employeeNumber: '1815', department: 'Analytical Engines', costCenter: '42' },
    },
  },
  {
    what: 'replaces several attributes at once, with the flag',
    request: [
      'PATCH',
      '/Users/{ada}?aadOptscim062020',
      patchOp(
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'ada.king@contoso.example' },
        {
          op: 'replace',
          value: {
            displayName: 'Ada King',
            'name.givenName': 'Augusta',
            'name.familyName': 'King-Noel',
            [`${ENTERPRISE}:employeeNumber`]: '1852',
          },
        },
      ),
    ],
    status: 200,
    answer: {
      displayName: 'Ada King',
      name: { givenName: 'Augusta', familyName: 'King-Noel' },
      [ENTERPRISE]: { employeeNumber: '1852' },
    },
  },
  {
    what: 'renames the user',
    request: ['PATCH', '/Users/{ada}', patchOp({ op: 'Replace', path: 'userName', value: 'ada.king@contoso.example' })],
    status: 200,
    answer: { userName: 'ada.king@contoso.example' },
  },
  {
    what: 'removes an attribute that became empty',
    request: [
      'PATCH',
      '/Users/{ada}',
      patchOp({ op: 'Remove', path: 'title' }, { op: 'Remove', path: 'phoneNumbers[type eq "fax"].value' }),
    ],
    status: 200,
    without: ['title'],
  },
  {
    what: 'sends roles as objects (AppRoleAssignmentsComplex)',
    request: [
      'PATCH',
      '/Users/{ada}',
      patchOp({
        op: 'Replace',
        path: 'roles',
        value: [
          { primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'Admin', value: 'admin' },
          { primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'Reader', value: 'reader' },
        ],
      }),
    ],
    status: 200,
    answer: { roles: [{ value: 'admin' }, { value: 'reader' }] },
  },
]

const MANAGERS: readonly Exchange[] = [
  { what: 'creates a manager', request: ['POST', '/Users', BOSS], status: 201, without: [CUSTOM], remember: 'boss' },
  {
    what: 'is told of a mapping that leads nowhere',
    request: ['PATCH', '/Users/{boss}', patchOp({ op: 'Add', path: `${CUSTOM}:tag`, value: '701984' })],
    status: 400,
    answer: { status: '400', scimType: 'invalidPath' },
  },
  {
    what: 'sets the manager as a text',
    request: ['PATCH', '/Users/{ada}', patchOp({ op: 'Add', path: MANAGER, value: '{boss}' })],
    status: 200,
    answer: { [ENTERPRISE]: { manager: { value: '{boss}' } } },
  },
  {
    what: 'as an object',
    request: ['PATCH', '/Users/{ada}', patchOp({ op: 'Replace', path: MANAGER, value: { value: '{boss}' } })],
    status: 200,
    answer: { [ENTERPRISE]: { manager: { value: '{boss}' } } },
  },
  {
    what: 'as a list of one',
    request: [
      'PATCH',
      '/Users/{ada}',
      patchOp({ op: 'Add', path: MANAGER, value: [{ $ref: '{base}/Users/{boss}', value: '{boss}' }] }),
    ],
    status: 200,
    answer: { [ENTERPRISE]: { manager: { value: '{boss}' } } },
  },
  {
    what: 'asks whether somebody has this manager',
    request: ['GET', by(`id eq "{ada}" and ${MANAGER} eq "{boss}"`, '&attributes=id')],
    status: 200,
    answer: found({ id: '{ada}' }),
  },
  {
    what: 'takes the manager away by an empty text',
    request: ['PATCH', '/Users/{ada}', patchOp({ op: 'Replace', path: MANAGER, value: '' })],
    status: 200,
    answer: { [ENTERPRISE]: { employeeNumber: '1852' } },
  },
  {
    what: 'takes away what is gone already',
    request: ['PATCH', '/Users/{ada}', patchOp({ op: 'Remove', path: MANAGER })],
    status: 200,
  },
]

const GROUPS: readonly Exchange[] = [
  {
    what: 'looks for a group by name',
    request: ['GET', groupBy('displayName eq "Engineers"')],
    status: 200,
    answer: NOBODY,
  },
  {
    what: 'creates the group, with a schema of its own',
    request: [
      'POST',
      '/Groups',
      {
        schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
        externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
        displayName: 'Engineers',
        meta: { resourceType: 'Group' },
      },
    ],
    status: 201,
    answer: { displayName: 'Engineers', externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159' },
    remember: 'group',
  },
  {
    what: 'adds members',
    request: [
      'PATCH',
      '/Groups/{group}',
      patchOp({
        op: 'Add',
        path: 'members',
        value: [
          { $ref: null, value: '{ada}' },
          { $ref: null, value: '{boss}' },
        ],
      }),
    ],
    status: 200,
    answer: { members: [{ value: '{ada}' }, { value: '{boss}' }] },
  },
  {
    what: 'reads the group without its members',
    request: ['GET', '/Groups/{group}?excludedAttributes=members'],
    status: 200,
    answer: { id: '{group}', displayName: 'Engineers' },
    without: ['members'],
  },
  {
    what: 'finds it without its members',
    request: ['GET', groupBy('displayName eq "Engineers"')],
    status: 200,
    answer: found({ id: '{group}' }),
  },
  {
    what: 'asks whether somebody is a member',
    request: ['GET', `/Groups?attributes=id&filter=${encodeURIComponent('id eq "{group}" and members eq "{ada}"')}`],
    status: 200,
    answer: found({ id: '{group}' }),
  },
  {
    what: 'renames the group',
    request: ['PATCH', '/Groups/{group}', patchOp({ op: 'Replace', path: 'displayName', value: 'Analysts' })],
    status: 200,
    answer: { displayName: 'Analysts' },
  },
  {
    what: 'removes a member by a value',
    request: [
      'PATCH',
      '/Groups/{group}',
      patchOp({ op: 'Remove', path: 'members', value: [{ $ref: null, value: '{boss}' }] }),
    ],
    status: 200,
    answer: { members: [{ value: '{ada}' }] },
  },
  {
    what: 'removes the same member again',
    request: ['PATCH', '/Groups/{group}', patchOp({ op: 'Remove', path: 'members', value: [{ value: '{boss}' }] })],
    status: 200,
    answer: { members: [{ value: '{ada}' }] },
  },
  {
    what: 'removes a member by a filter in the path, with the flag',
    request: [
      'PATCH',
      '/Groups/{group}?aadOptscim062020',
      patchOp({ op: 'remove', path: 'members[value eq "{ada}"]' }),
    ],
    status: 200,
    without: ['members'],
  },
  {
    what: 'removes the same member so again',
    request: ['PATCH', '/Groups/{group}', patchOp({ op: 'remove', path: 'members[value eq "{ada}"]' })],
    status: 200,
    without: ['members'],
  },
  { what: 'deletes the group', request: ['DELETE', '/Groups/{group}'], status: 204 },
]

const LEAVING: readonly Exchange[] = [
  {
    what: 'disables who is out of scope: "False" as a text',
    request: ['PATCH', '/Users/{ada}', patchOp({ op: 'Replace', path: 'active', value: 'False' })],
    status: 200,
    answer: { active: false },
  },
  {
    what: 'still finds the disabled user',
    request: ['GET', by('userName eq "ada.king@contoso.example"')],
    status: 200,
    answer: found({ id: '{ada}', active: false }),
  },
  {
    what: 'enables again who comes back',
    request: ['PATCH', '/Users/{ada}', patchOp({ op: 'Add', path: 'active', value: 'True' })],
    status: 200,
    answer: { active: true },
  },
  {
    what: 'disables by a boolean, with the flag',
    request: ['PATCH', '/Users/{ada}?aadOptscim062020', patchOp({ op: 'replace', path: 'active', value: false })],
    status: 200,
    answer: { active: false },
  },
  { what: 'deletes the user thirty days later', request: ['DELETE', '/Users/{ada}'], status: 204 },
  { what: 'learns that the user is gone', request: ['GET', '/Users/{ada}'], status: 404, answer: { status: '404' } },
  { what: 'takes a second deletion for done', request: ['DELETE', '/Users/{ada}'], status: 404 },
  { what: 'finds nobody', request: ['GET', by('userName eq "ada.king@contoso.example"')], status: 200, answer: NOBODY },
]

export const ENTRA: Recording = {
  name: 'Microsoft Entra ID',
  headers: { 'content-type': 'application/scim+json; charset=utf-8', accept: 'application/scim+json' },
  exchanges: [...TEST_CONNECTION, ...USERS, ...MANAGERS, ...GROUPS, ...LEAVING],
}
