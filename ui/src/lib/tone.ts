/** The colour of a word or a dot, as `data-tone` in the styles. */
export type Tone = 'info' | 'good' | 'bad' | 'wait' | 'quiet';
