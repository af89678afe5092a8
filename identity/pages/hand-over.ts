import type { FastifyReply } from 'fastify'
import { html } from '../frame/html.ts'
import { sendPage } from '../frame/page-scope.ts'
import type { Site } from '../frame/site.ts'
import { link, links } from './form-parts.ts'

/**
 * Goes on to another address after a form. A redirect would end at the application, and browsers hold the whole way of a form
 * against `form-action`; a page that goes on by itself keeps that policy strict.
 */
export function handOver(reply: FastifyReply, site: Site, address: string): FastifyReply {
  const { say } = site
  const content = html`${links(link(address, say('login.hand_over_link')))}`
  return sendPage(reply, site, { title: say('login.hand_over'), content, goTo: address })
}
