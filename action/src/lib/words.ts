/**
 * The entry point's names for what messages of the core are about: the same advice names an input of the step, or an
 * option of the command.
 */
export interface Words {
  /** Sent as the User-Agent. */
  readonly client: string;
  /** What ends with the check's conclusion. */
  readonly step: string;
  /** What cannot read an answer. */
  readonly program: string;
  readonly machine: string;
  readonly again: string;
  /** Where the user puts the key, as in `put the app's current key into …`. */
  readonly keySource: string;
  readonly key: string;
  readonly app: string;
  readonly server: string;
  readonly appUrl: string;
  readonly timeout: string;
  readonly failOn: string;
  readonly message: string;
  readonly title: string;
  readonly inputs: string;
}
