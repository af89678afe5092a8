import type { FastifyReply } from 'fastify'
import type { ProviderForm } from '../federation/protocol.ts'
import type { Site } from '../frame/site.ts'
import { formPost } from '../oidc/form-post.ts'
import { handOver } from './hand-over.ts'

type Way = string | ProviderForm

/** Sends the browser to another provider after a link. */
export const goTo = (reply: FastifyReply, way: Way): FastifyReply =>
  typeof way === 'string' ? reply.redirect(way, 303) : formPost(reply, way.action, way.fields)

/** Sends the browser to another provider after a form of ours. */
export const goAfterForm = (reply: FastifyReply, site: Site, way: Way): FastifyReply =>
  typeof way === 'string' ? handOver(reply, site, way) : formPost(reply, way.action, way.fields)
