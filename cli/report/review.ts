import { reviewTitle } from '../../review/lines.ts'
import { reviewMarkdown } from '../../review/markdown.ts'
import type { EnvironmentReview, Review } from '../../review/model.ts'
import { reviewText } from '../../review/text.ts'
import type { Forms, Terminal } from '../terminal.ts'
import { plansBySystem } from './plan-markdown.ts'
import { planText } from './plan-text.ts'

/** A review with its plans, if the systems were asked. */
export const REVIEW_FORMS: Forms<Review> = {
  text: (review, terminal) =>
    [reviewText(review), ...review.environments.flatMap((e) => liveText(e, terminal))].join('\n\n'),
  markdown: (review) => reviewMarkdown(review, { planOf: plansBySystem }),
}

function liveText(environment: EnvironmentReview, terminal: Terminal): readonly string[] {
  const { live } = environment
  if (live === undefined) return []
  const title = `${reviewTitle(environment)}, by its systems:`
  return [`${title}\n${'plan' in live ? planText(live.plan, terminal) : `There is no plan: ${live.failure.message}`}`]
}
