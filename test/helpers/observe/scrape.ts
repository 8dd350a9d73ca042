/** The content of a scrape: the samples by name and labels, as `name{label="value"}`. */
export interface Scrape {
  readonly text: string;
  /** The value of one sample; `undefined` when there is none. */
  value(sample: string): number | undefined;
  /** The names of all metrics that have a sample or a type. */
  readonly names: ReadonlySet<string>;
}

export async function scrape(port: number): Promise<Scrape> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await answer.text();
  if (answer.status !== 200) {
    throw new Error(`The metrics were answered ${answer.status}: ${text}`);
  }
  const values = new Map<string, number>();
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    const [, sample, name, value] = /^((\w+)(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (sample !== undefined && name !== undefined) {
      values.set(sample, Number(value));
      names.add(name);
    }
    const typed = /^# TYPE (\w+) (\w+)$/.exec(line);
    for (const suffix of typed?.[2] === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) {
      names.add(`${typed?.[1] ?? name ?? ''}${suffix}`);
    }
  }
  return { text, names, value: (sample) => values.get(sample) };
}
