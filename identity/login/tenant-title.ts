import type { Tenant } from '../directory/tenants.ts'

/** What people know a tenant by. */
export const titleOf = ({ display_name, tenant_id }: Tenant): string => (display_name === '' ? tenant_id : display_name)
