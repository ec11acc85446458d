// Keeps Xen Orchestra's client connected to a pool, tells what it sees, and carries out calls.
//
// Standard input: a line of JSON {url, user, password}, then lines {id, method, params}.
// Standard output: lines of JSON {event, ...}: connected, seen, gone, answer.

import { createClient } from 'xen-api'
import { createInterface } from 'node:readline'

const say = (event, facts = {}) => process.stdout.write(JSON.stringify({ event, ...facts }) + '\n')
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { url, user, password } = JSON.parse((await lines.next()).value)

const client = createClient({
  url,
  auth: { user, password },
  allowUnauthorized: true,
  watchEvents: true,
})

const record = object => ({ type: object.$type, ref: object.$ref, record: object })
client.objects.on('add', objects => Object.values(objects).forEach(each => say('seen', record(each))))
client.objects.on('update', objects =>
  Object.values(objects).forEach(each => say('seen', record(each)))
)
client.objects.on('remove', ids => say('gone', { ids: Object.keys(ids) }))

await client.connect()
await client.objectsFetched
say('connected', { pool: client.pool.$ref, session: client.sessionId })

for (let line = await lines.next(); !line.done; line = await lines.next()) {
  const { id, method, params } = JSON.parse(line.value)
  const call = method.startsWith('Async.')
    ? client.callAsync(method.slice('Async.'.length), ...params)
    : client.call(method, ...params)
  call.then(
    result => say('answer', { id, result }),
    error => say('answer', { id, failure: [error.code, ...(error.params ?? [])] })
  )
}
await client.disconnect()
