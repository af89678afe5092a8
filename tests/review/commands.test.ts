import { expect, it } from 'vitest'
import { requestIn } from '../../review/server/commands.ts'

it.each([
  ['plumbline plan', { what: 'plan' }],
  ['  plumbline   apply \n', { what: 'apply' }],
  ['plumbline approve weakening', { what: 'approve weakening' }],
  ['plumbline unlock\r\n', { what: 'unlock' }],
  ['plumbline explain web', { what: 'explain', tenant: 'web' }],
  ['plumbline explain acme-web/jane@example.com', { what: 'explain', tenant: 'acme-web', user: 'jane@example.com' }],
  ['plumbline explain --project=/etc', { what: 'unknown' }],
  ['plumbline explain web/--user', { what: 'unknown' }],
  ['plumbline explain web; rm', { what: 'unknown' }],
  ['plumbline approve', { what: 'unknown' }],
  ['plumbline apply now', { what: 'unknown' }],
])('%j is a command', (body, request) => {
  expect(requestIn(body)).toEqual(request)
})

it.each([
  'please run plumbline apply',
  '> plumbline apply',
  '`plumbline apply`',
  'plumbline apply\nbut not yet',
  'plumblineapply',
  'plumbline',
  '',
])('%j is none', (body) => {
  expect(requestIn(body)).toBeUndefined()
})
