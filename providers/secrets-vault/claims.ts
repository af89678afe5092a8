import type { Wire } from '../../config/wire.ts'
import type { ClaimBook, Holder } from '../../reconciler/adapter.ts'
import type { Operation, SystemClient } from '../client.ts'
import { encoded } from '../session.ts'
import { PAGE_SIZE } from './resources.ts'

/** Another Secrets Vault service keeps no book, and who is not the administrator may not see it. */
const NO_BOOK = [401, 403, 404, 405]

const holderIn = ({ owner, address, holder }: Wire): Holder => ({
  owner: String(owner),
  holder: String(holder),
  ...(typeof address === 'string' ? { address } : {}),
})

/** The book of who manages what (docs/contracts/organizations.openapi.yaml, tag claims). */
export function claimBook(client: SystemClient): ClaimBook {
  return {
    async hold(object, by, { aliases, movedFrom, takeFrom }, signal) {
      const body = { object, ...by, aliases, moved_from: movedFrom, take_from: takeFrom }
      const operation: Operation = { id: 'holdClaim', method: 'POST', path: '/v1/claims', body, accepts: NO_BOOK }
      const answer = await client.call(operation, signal)
      if (NO_BOOK.includes(answer.status)) return undefined
      return holderIn(client.object(operation, answer))
    },
    async release(object, { owner, address }, signal) {
      const of = address === undefined ? '' : `&address=${encoded(address)}`
      const path = `/v1/claims?object=${encoded(object)}&owner=${encoded(owner)}${of}`
      await client.call({ id: 'releaseClaim', method: 'DELETE', path, accepts: NO_BOOK }, signal)
    },
    async list(signal) {
      const holders = new Map<string, Holder>()
      for (let offset = 0; ; offset += PAGE_SIZE) {
        const path = `/v1/claims?limit=${PAGE_SIZE}&offset=${offset}`
        const later = offset === 0 ? {} : ({ continues: true } as const)
        const operation: Operation = { id: 'listClaims', method: 'GET', path, accepts: NO_BOOK, ...later }
        const answer = await client.call(operation, signal)
        if (NO_BOOK.includes(answer.status)) return undefined
        const page = client.items(operation, answer, 'claims')
        for (const claim of page) holders.set(String(claim.object), holderIn(claim))
        if (page.length < PAGE_SIZE) return holders
      }
    },
  }
}
