import type { ClaimBook } from '../../reconciler/adapter.ts'
import type { Client, Operation } from '../client.ts'
import { encoded } from '../session.ts'

/** Another Secrets Vault service keeps no book, and who is not the administrator may not see it. */
const NO_BOOK = [401, 403, 404, 405]

/** The book of who manages what (docs/contracts/organizations.openapi.yaml, tag claims). */
export function claimBook(client: Client): ClaimBook {
  return {
    async hold(object, { owner, holder }, takeFrom, signal) {
      const body = { object, owner, holder, ...(takeFrom === undefined ? {} : { take_from: takeFrom }) }
      const operation: Operation = { id: 'holdClaim', method: 'POST', path: '/v1/claims', body, accepts: NO_BOOK }
      const answer = await client.call(operation, signal)
      if (NO_BOOK.includes(answer.status)) return undefined
      return { owner: client.text(operation, answer, 'owner'), holder: client.text(operation, answer, 'holder') }
    },
    async release(object, owner, signal) {
      const path = `/v1/claims?object=${encoded(object)}&owner=${encoded(owner)}`
      await client.call({ id: 'releaseClaim', method: 'DELETE', path, accepts: NO_BOOK }, signal)
    },
  }
}
