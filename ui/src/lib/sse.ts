// Server-sent events read from a response: EventSource cannot send the token in a header.

export interface Message {
  id: number;
  event: string;
  data: string;
}

/** The messages of a stream, as far as they have data. */
export async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const [reader, decoder] = [body.getReader(), new TextDecoder()];
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const field = (name: string) =>
          part
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        const data = field('data');
        if (data !== undefined) yield { id: Number(field('id') ?? 0), event: field('event') ?? 'message', data };
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
