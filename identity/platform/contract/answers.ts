import type { FastifyReply } from 'fastify'

/** The untyped answer of the contract: JSON null (responses Untyped200, Untyped201). */
export const answerNull = (reply: FastifyReply, status: 200 | 201): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send('null')
