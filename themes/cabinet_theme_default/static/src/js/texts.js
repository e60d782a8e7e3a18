// What scripts say, in the reader's language: the page carries the texts in data attributes of #texts.
export const text = (name) => document.getElementById("texts")?.dataset[name] ?? name;
