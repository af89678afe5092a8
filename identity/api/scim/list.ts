import type { ScimResource } from '../../directory/scim/schemas.ts'

export const MAX_RESULTS = 100
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** A ListResponse message (RFC 7644, section 3.4.2). */
export const listResponse = (Resources: readonly ScimResource[], totalResults: number, startIndex = 1) => ({
  schemas: [LIST],
  totalResults,
  startIndex,
  itemsPerPage: Resources.length,
  Resources,
})

export interface Window {
  /** Counts from 1. */
  readonly startIndex: number
  readonly count: number
}

/** Which part of a list is asked for: what lies outside the possible is taken as the nearest that is (RFC 7644, section 3.4.2.4). */
export const windowOf = ({ startIndex = 1, count = MAX_RESULTS }: Partial<Window>): Window => ({
  startIndex: Math.min(Math.max(Math.trunc(startIndex), 1), 2_147_483_647),
  count: Math.min(Math.max(Math.trunc(count), 0), MAX_RESULTS),
})
