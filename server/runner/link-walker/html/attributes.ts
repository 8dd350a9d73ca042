/** Of an element: the first of each name, decoded. */
export type Attributes = ReadonlyMap<string, string>;
