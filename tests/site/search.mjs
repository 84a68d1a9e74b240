// node search.mjs SITE_DIR < QUERIES
// Reads a JSON list of queries, prints {query: [[location, ...], ...]}: the pages that the search
// box of the built site finds, best first, each with its matching sections, by the site's worker.
import { readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import vm from "node:vm"

const SETUP = 0
const READY = 1
const QUERY = 2
const RESULT = 3

const [site] = process.argv.slice(2)
const queries = JSON.parse(readFileSync(0, "utf8"))

const page = readFileSync(join(site, "index.html"), "utf8")
const settings = JSON.parse(page.match(/<script id="__config"[^>]*>(.*?)<\/script>/s)[1])
const [worker, search = ""] = settings.search.split("?")
const folder = dirname(join(site, worker))

// The worker answers each message with one message, and warns of a query that it cannot run.
let receive
let answer
const scope = vm.createContext({
  console: { ...console, warn: (message) => { throw new Error(message) } },
  location: { search: `?${search}` },
  addEventListener: (type, listener) => (receive = listener),
  postMessage: (message) => answer(message),
  importScripts: (...paths) => paths.forEach((path) => run(resolve(folder, path))),
})
scope.self = scope

function run(path) {
  vm.runInContext(readFileSync(path, "utf8"), scope, { filename: path })
}

function ask(type, data, expected) {
  return new Promise((done, fail) => {
    answer = (message) =>
      message.type === expected ? done(message.data) : fail(new Error(JSON.stringify(message)))
    receive({ data: { type, data } }).catch(fail)
  })
}

run(join(site, worker))
const { config, docs } = JSON.parse(readFileSync(join(site, "search/search_index.json"), "utf8"))
await ask(SETUP, { config, docs, options: { suggest: false } }, READY)

const found = {}
for (const query of queries) {
  const { items } = await ask(QUERY, query, RESULT)
  // A page that only heads the list of its sections has no score.
  found[query] = items.map((page) => page.filter((item) => item.score > 0).map((i) => i.location))
}
console.log(JSON.stringify(found))
