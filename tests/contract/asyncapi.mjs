// Parses an AsyncAPI document with the official parser and fails on anything it has to say beyond a hint.
//   node asyncapi.mjs <asyncapi.yaml>
import { readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'

const SEVERITIES = ['error', 'warning', 'information', 'hint']
const [path] = process.argv.slice(2)
const { document, diagnostics } = await new Parser().parse(readFileSync(path, 'utf8'))

let refused = 0
for (const { severity, code, message, path: place } of diagnostics) {
  console.log(`${SEVERITIES[severity]}: ${code} at /${place.join('/')}: ${message}`)
  if (severity <= 1) refused += 1
}
if (!document || refused > 0) {
  console.error(`${path}: ${refused} errors and warnings`)
  process.exit(1)
}

// A reference that leads nowhere would be a diagnostic; this says that what they lead to is what is meant.
const unread = []
for (const message of document.allMessages().all()) {
  if (!message.payload()?.json('title')) unread.push(`${message.id()} has no payload`)
  // Answers may be sent with any headers.
  if (!message.headers() && !message.tags().get('answer')) unread.push(`${message.id()} has no headers`)
}
for (const operation of document.allOperations().all()) {
  if (operation.channels().length !== 1 || operation.messages().length === 0) unread.push(`${operation.id()} is empty`)
}
const [channels, operations, messages] = ['Channels', 'Operations', 'Messages'].map(
  (of) => document[`all${of}`]().length,
)
if (unread.length > 0 || channels * operations * messages === 0) {
  console.error(unread.join('\n') || 'the document is empty')
  process.exit(1)
}
console.log(`${path}: ${channels} channels, ${operations} operations, ${messages} messages, no errors or warnings`)
