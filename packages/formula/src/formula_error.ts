/** Where in a formula something is wrong. */
export interface FormulaPlace {
  /** All of the formula. */
  readonly text: string;
  /** The character that is wrong: an index of `text`, its length at its end. */
  readonly index: number;
}

/** A formula that cannot be read; points at the character where. */
export class FormulaError extends SyntaxError implements FormulaPlace {
  /** Tells it from other errors. */
  override readonly name = "FormulaError";
  /** What is wrong, without the picture that the message ends with. */
  readonly reason: string;
  /** All of the formula. */
  readonly text: string;
  /** The character that is wrong: an index of `text`, its length at its end. */
  readonly index: number;
  /** Its line, from 1. */
  readonly line: number;
  /** Its column, from 1, in characters as people count them. */
  readonly column: number;
  /** The line of the formula, and a caret below the character. */
  readonly excerpt: string;

  /** Describes what is wrong with one character of a formula. */
  constructor(what: string, { text, index }: FormulaPlace) {
    const before = text.slice(0, index).split(/\r\n|[\n\r]/);
    const start = before[before.length - 1];
    const rest = text.slice(index).split(/[\n\r]/, 1)[0];
    const [line, column] = [before.length, characters(start).length + 1];
    const place = before.length > 1 || /[\n\r]/.test(text)
      ? `line ${line}, column ${column}`
      : `column ${column}`;
    const reason = `Cannot read the formula: ${what} (${place})`;
    // Tabs stay tabs, so that the caret stands below whatever their width.
    const indent = characters(start).map((it) => it === "\t" ? it : " ");
    const excerpt = `  ${start}${rest}\n  ${indent.join("")}^`;
    super(`${reason}\n${excerpt}`);
    this.reason = reason;
    this.text = text;
    this.index = index;
    this.line = line;
    this.column = column;
    this.excerpt = excerpt;
  }
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

function characters(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}
