/** Whether a text has anything that Markdown would read otherwise than as it stands. */

/** Rather one too many: a text that is taken for marked is only read by the parser. */
const MARKS = /[*_`#[\]<>|~\\&@]|:\/\/|www\.|^\s*(?:[-+=]|\d+[.)])|^(?: {4}|\t)| {2}$/m

export const isMarked = (text: string): boolean => MARKS.test(text)
