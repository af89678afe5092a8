import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

const isSentence = (text) => text.includes(' ')

/** Text with a space in it is for people: nothing decides by it, and its wording is no behaviour. */
const sentences = {
  shouldIgnore({ node }) {
    if (node.type === 'StringLiteral' && isSentence(node.value)) return 'a sentence for people'
    if (node.type === 'TemplateLiteral' && node.quasis.some((q) => isSentence(q.value.raw)))
      return 'a sentence for people'
    return undefined
  },
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'sentences', sentences)]
