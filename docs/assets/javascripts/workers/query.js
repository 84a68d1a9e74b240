// The theme's search worker, given as `query.js?search….js`, behind queries that it understands.
// By itself it takes each word for the beginning of one, so that `a` in a pasted message matches
// everything, and it cuts 过拟合 down to 过 where 过 is a word too.
const SETUP = 0
const QUERY = 2
const LONG = 4 // more words than this were pasted, and are complete

const STOP_WORDS = new Set(
  `a an and any are as at be been but by can could did do does for from had has have how i if
   in into is it its may more must my not of on one only or should so such t than that the
   their them then there these they this to use using was way were what when where which while
   why will with would you your`.split(/\s+/),
)

const dictionary = new Set() // the Chinese words of the index, as jieba cut them

function read({ title, text, topics, words }) {
  const content = [title, text, topics, words].join(" ")
  for (const [word] of content.matchAll(/\p{Script=Han}+/gu)) dictionary.add(word)
}

/** The words of a run of 汉字, the longest first; its end may be the beginning of one. */
function cut(run) {
  const found = []
  for (let start = 0, end; start < run.length; start = end) {
    for (end = run.length; end > start + 1; end--) {
      const piece = run.slice(start, end)
      if (dictionary.has(piece) || (end === run.length && begins(piece))) break
    }
    found.push(run.slice(start, end))
  }
  return found
}

function begins(piece) {
  for (const word of dictionary) if (word.startsWith(piece)) return true
  return false
}

function rewritten(query) {
  if (/["*^~]|(^|\s)[+-]\p{L}/u.test(query)) return query // written by someone who knows the syntax
  const found = query
    .split(/(\p{Script=Han}+)|[^\p{L}\p{N}_.]+/u)
    .flatMap((part = "") => (/^\p{Script=Han}/u.test(part) ? cut(part) : part))
    .map((word) => word.replace(/^\.+|\.+$/g, ""))
    .filter((word) => /[^\d.]/.test(word)) // numbers differ from reader to reader
  const telling = found.filter((word) => !STOP_WORDS.has(word.toLowerCase()))
  const kept = telling.length ? telling : found
  const escaped = kept.map((word) => word.replace(/\p{Script=Han}/gu, "\\$&")) // stays one word
  const whole = escaped.map((word) => `${word}^3`) // is not taken for a beginning, and counts more
  return [...whole, ...(kept.length > LONG ? [] : escaped)].join(" ")
}

// lunr tells the nodes of its set of words apart by "label id label id …" without the spaces, so
// that those of words with digits (w1, S4) can pass for each other, and words come out that no
// section holds.
function tellApart() {
  lunr.TokenSet.prototype.toString = function () {
    if (this._str) return this._str
    let text = this.final ? "1" : "0"
    for (const label of Object.keys(this.edges).sort()) text += `,${label}${this.edges[label].id}`
    return text
  }
}

const listen = self.addEventListener
self.addEventListener = (event, listener) =>
  listen(event, ({ data: { type, data } }) => {
    if (type === SETUP) {
      data.docs.forEach(read)
      tellApart()
    }
    return listener({ data: { type, data: type === QUERY ? rewritten(data) : data } })
  })

// Without a server there are no workers: a frame of the page runs this file as a script.
const script = self.document?.currentScript
if (script) importScripts(new URL(script.src.split("?")[1], script.src))
else importScripts(location.search.slice(1))
