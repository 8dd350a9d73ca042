/** Passes added messages in order to one consumer, which may be slower. */
export interface MessageQueue<Message> extends AsyncIterable<Message> {
  add(message: Message): void;
}

export function createMessageQueue<Message>(): MessageQueue<Message> {
  const messages: Message[] = [];
  let wake = () => {};
  return {
    add(message) {
      messages.push(message);
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const message = messages.shift();
        if (message === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else {
          yield message;
        }
      }
    },
  };
}
