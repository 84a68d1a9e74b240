// node search.mjs SITE_DIR QUERY...
// Prints {query: [location, ...]}, best first: what the search box of the built site
// finds, by the search worker of the site itself.
import { readFileSync, readdirSync } from "node:fs"
import { join, resolve } from "node:path"
import vm from "node:vm"

const SETUP = 0
const READY = 1
const QUERY = 2
const RESULT = 3

const [site, ...queries] = process.argv.slice(2)
if (!queries.length) {
  console.error("usage: node search.mjs SITE_DIR QUERY...")
  process.exit(2)
}

const workers = join(site, "assets/javascripts/workers")
const worker = readdirSync(workers).find((name) => /^search\..*\.js$/.test(name))

// The worker answers each message with one message.
let receive
let answer
const scope = vm.createContext({
  console: { log: console.error, warn: console.error, error: console.error },
  addEventListener: (type, listener) => (receive = listener),
  postMessage: (message) => answer(message),
  importScripts: (...paths) => paths.forEach((path) => run(resolve(workers, path))),
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

run(join(workers, worker))
const { config, docs } = JSON.parse(readFileSync(join(site, "search/search_index.json"), "utf8"))
await ask(SETUP, { config, docs, options: { suggest: false } }, READY)

const found = {}
for (const query of queries) {
  const { items } = await ask(QUERY, query, RESULT)
  // A page that only heads the list of its sections has no score.
  found[query] = items.flat().filter((item) => item.score > 0).map((item) => item.location)
}
console.log(JSON.stringify(found, null, 2))
