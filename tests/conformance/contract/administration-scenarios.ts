import { CLIENT } from '../../identity/login/world.ts'
import type { ContractWorld, Scenario } from './world.ts'

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export const administration: Scenario = async ({ login }) => {
  const tenant_id = await login.tenant()
  const { admin } = { admin: login.admin.bind(login) }
  await admin('GET', '/v1/tenants')
  const tenant = (await admin('GET', `/v1/tenants/${tenant_id}`)).body
  await admin('POST', '/v1/tenants', { tenant_id })
  await admin('PUT', `/v1/tenants/${tenant_id}`, { ...tenant, display_name: 'Shop' })
  const { client_secret: _, ...registration } = (await admin('GET', `/v1/clients?tenant_id=${tenant_id}`)).body
    .clients[0]
  await admin('PUT', `/v1/clients/${CLIENT}`, registration)
  const user = { user_id: 'joe', username: 'joe', email: 'joe@example.com', tenant_id }
  const users = `/v1/tenants/${tenant_id}/users`
  await admin('POST', users, user)
  await admin('POST', users, user)
  await admin('GET', `${users}?username=joe`)
  await admin('GET', `/v1/tenants/${tenant_id}/usernames/joe`)
  await admin('PUT', `${users}/joe`, { ...(await admin('GET', `${users}/joe`)).body, locale: 'nl' })
  await admin('POST', `${users}/batch/create`, { users: [{ ...user, user_id: 'b', username: 'b' }] })
  await admin('POST', `${users}/batch/delete`, { users_ids: ['b'] })
  await admin('DELETE', `${users}/joe/sessions`)
  await admin('GET', `/v1/tenants/${tenant_id}/login-policy`)
  await admin('GET', `/v1/tenants/${tenant_id}/login-policy?username=`)
  const proposal = [{ kind: 'Tenant', spec: { twoFactor: true } }]
  await admin('POST', `/v1/tenants/${tenant_id}/login-policy`, { documents: proposal })
  await admin('POST', `/v1/tenants/${tenant_id}/login-policy`, { documents: [{ kind: 'Connection', spec: {} }] })
  await admin('POST', '/v1/tenants/nowhere/login-policy', { documents: [] })
  const impact = `/v1/tenants/${tenant_id}/login-impact`
  await admin('POST', impact, { documents: proposal, limit: 1, offset: 0 })
  await admin('POST', impact, { documents: proposal, limit: 0 })
  await admin('POST', '/v1/tenants/nowhere/login-impact', { documents: [] })
  await keys(login, tenant_id)
  await admin('POST', '/v1/organizations', { organization_id: 'acme' })
  await admin('POST', '/v1/organizations', { organization_id: 'other' })
  await admin('PUT', `/v1/organizations/acme/tenants/${tenant_id}`)
  await admin('PUT', `/v1/organizations/other/tenants/${tenant_id}`)
  await admin('GET', '/v1/organizations/acme/tenants')
  await admin('GET', `/v1/tenants/${tenant_id}/organization`)
  await admin('DELETE', `/v1/organizations/acme/tenants/${tenant_id}`)
  await admin('GET', `/v1/tenants/${tenant_id}/outbox`)
}

async function keys(login: ContractWorld['login'], tenant_id: string): Promise<void> {
  const made = await login.admin('POST', '/v1/api-keys', { name: 'k', scopes: ['keys:read'], tenant_id })
  const { key_id } = made.body.key ?? made.body
  const { body } = await login.admin('GET', `/v1/api-keys?tenant_id=${tenant_id}`)
  const id = key_id ?? body.api_keys[0].key_id
  await login.admin('POST', `/v1/api-keys/${id}/regenerate`)
  await login.admin('DELETE', `/v1/api-keys/${id}`)
  const key = await login.keyOf(tenant_id, 'joe')
  await login.send('POST', '/v1/users/me/keys', { name: 'mine', scopes: ['keys:read'], tenant_id }, { key })
  const mine = (await login.send('GET', '/v1/users/me/keys', undefined, { key })).body.api_keys
  const other = mine.find((k: { name: string }) => k.name === 'mine').key_id
  await login.send('POST', `/v1/users/me/keys/${other}/regenerate`, undefined, { key })
  await login.send('DELETE', `/v1/users/me/keys/${other}`, undefined, { key })
}

export const scim: Scenario = async ({ login }) => {
  const base = `/scim/v2/${await login.tenant()}`
  for (const [type, name] of [
    ['Users', 'userName'],
    ['Groups', 'displayName'],
  ] as const) {
    const body = { [name]: 'one@example.com' }
    const { id } = (await login.admin('POST', `${base}/${type}`, body)).body
    await login.admin('POST', `${base}/${type}`, { [name]: 'two@example.com' })
    await login.admin('POST', `${base}/${type}`, body)
    await login.admin('POST', `${base}/${type}`, {})
    await login.admin('GET', `${base}/${type}?filter=${name}%20sw%20%22o%22`)
    await login.admin('GET', `${base}/${type}?filter=%28`)
    await login.admin('GET', `${base}/${type}?count=some`)
    const one = `${base}/${type}/${id}`
    await login.admin('GET', one)
    await login.admin('PUT', one, body)
    await login.admin('PUT', one, {})
    await login.admin('PUT', one, { [name]: 'two@example.com' })
    const change = (value: unknown) => ({ schemas: [PATCH], Operations: [{ op: 'replace', path: name, value }] })
    await login.admin('PATCH', one, change('three@example.com'))
    await login.admin('PATCH', one, change('two@example.com'))
    await login.admin('PATCH', one, change(5))
    const twice = `${one}?attributes=a&attributes=b`
    await login.admin('POST', `${base}/${type}?attributes=a&attributes=b`, body)
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const)
      await login.admin(method, twice, method === 'GET' ? undefined : body)
    const outdated = { key: login.adminKey, headers: { 'if-match': 'W/"0"' } }
    await login.send('PUT', one, body, outdated)
    await login.send('PATCH', one, change('three@example.com'), outdated)
    await login.send('DELETE', one, undefined, outdated)
    await login.admin('DELETE', one)
  }
}
